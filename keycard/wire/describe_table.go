package wire

import (
	"encoding/hex"
	"fmt"

	"tapcard.example/iso7816"
)

// describer says what Describe shows of one command. A missing part shows nothing.
type describer struct {
	request func(iso7816.Command) []Field
	// answer describes the data of a successful answer; plain is false when it does not have the form of this command.
	answer func(c iso7816.Command, data []byte) (fields []Field, plain bool)
	silent bool // a successful answer has no data
}

var describers = map[byte]describer{
	InsOpen:             {request: describeSlot, answer: describeLength(ChallengeSize + 16)},
	InsMutual:           {answer: describeLength(ChallengeSize)},
	InsPair:             {request: describePairStep, answer: describePair},
	InsUnpair:           {request: describeSlot, silent: true},
	InsIdent:            {answer: describeIdent},
	InsVerifyPIN:        {silent: true},
	InsChangePIN:        {request: describeChange, silent: true},
	InsUnblockPIN:       {silent: true},
	InsSign:             {request: describeSign, answer: describeSignature},
	InsSetPinless:       {request: describePath, silent: true},
	InsExport:           {request: describeExport, answer: describeExported},
	InsGetData:          {request: describeArea},
	InsLoadKey:          {request: describeKeyType, answer: describeKeyUID},
	InsDerive:           {request: describeDerive, silent: true},
	InsGenerateMnemonic: {request: describeWords},
	InsRemoveKey:        {silent: true},
	InsGenerateKey:      {answer: describeKeyUID},
	InsDuplicate:        {request: describeSubcommand, answer: describeDuplicate},
	InsStoreData:        {request: describeArea, silent: true},
	InsGetStatus:        {answer: describeStatus},
	InsSetNDEF:          {silent: true},
	InsFactoryReset:     {silent: true},
	InsInit:             {silent: true},
}

// choice names a parameter byte.
func choice(field string, value byte, names map[byte]string) []Field {
	name, ok := names[value]
	if !ok {
		name = fmt.Sprintf("unknown, %02X", value)
	}
	return []Field{{field, name}}
}

func describeSlot(c iso7816.Command) []Field { return []Field{{"slot", fmt.Sprint(c.P1)}} }

func describePairStep(c iso7816.Command) []Field {
	return choice("step", c.P1, map[byte]string{PairFirst: "first", PairFinal: "final"})
}

func describeChange(c iso7816.Command) []Field {
	names := map[byte]string{ChangePIN: "PIN", ChangePUK: "PUK", ChangeToken: "pairing secret"}
	return choice("changes", c.P1, names)
}

func describeArea(c iso7816.Command) []Field {
	return choice("area", c.P1, map[byte]string{DataPublic: "public", DataNDEF: "NDEF", DataCash: "cash"})
}

func describeKeyType(c iso7816.Command) []Field {
	names := map[byte]string{LoadKeyPair: "key pair", LoadExtendedKey: "extended key", LoadSeed: "seed"}
	return choice("type", c.P1, names)
}

func describeWords(c iso7816.Command) []Field {
	return []Field{{"words", fmt.Sprint(wordsPerChecksum * int(c.P1))}}
}

func describeSubcommand(c iso7816.Command) []Field {
	fields := choice("subcommand", c.P1, map[byte]string{
		DuplicateStart: "start", DuplicateEntropy: "add entropy", DuplicateExport: "export", DuplicateImport: "import",
	})
	if c.P1 == DuplicateStart {
		fields = append(fields, Field{"pieces", fmt.Sprint(c.P2)})
	}
	return fields
}

var modeNames = map[byte]string{
	UseCurrent:           "current key",
	Derive:               "derive",
	DeriveAndMakeCurrent: "derive and make current",
	SignPinless:          "PIN-less",
}

var sourceNames = map[byte]string{
	byte(FromMaster): "master", byte(FromParent): "parent", byte(FromCurrent): "current", byte(ToPinless): "PIN-less",
}

// describeDerivation shows a mode and, where one matters, the path and its source.
func describeDerivation(mode byte, source Source, path []byte) []Field {
	fields := choice("key", mode, modeNames)
	if mode != Derive && mode != DeriveAndMakeCurrent {
		return fields
	}
	return append(append(fields, choice("from", byte(source), sourceNames)...), pathField(path)...)
}

func pathField(b []byte) []Field {
	path, err := ParsePath(b)
	if err != nil {
		return []Field{{"path", fmt.Sprintf("malformed, %d bytes", len(b))}}
	}
	return []Field{{"path", pathString(path)}}
}

func describePath(c iso7816.Command) []Field { return pathField(c.Data) }

func describeDerive(c iso7816.Command) []Field {
	_, source := SplitP1(c.P1)
	return append(choice("from", byte(source), sourceNames), pathField(c.Data)...)
}

func describeSign(c iso7816.Command) []Field {
	mode, source := SplitP1(c.P1)
	return describeDerivation(mode, source, c.Data[min(HashSize, len(c.Data)):])
}

func describeExport(c iso7816.Command) []Field {
	mode, source := SplitP1(c.P1)
	what := map[byte]string{
		ExportPrivate: "private key", ExportPublic: "public key", ExportExtended: "extended public key",
	}
	return append(choice("exports", c.P2, what), describeDerivation(mode, source, c.Data)...)
}

// describeLength accepts answers of n bytes and shows nothing of them.
func describeLength(n int) func(iso7816.Command, []byte) ([]Field, bool) {
	return func(_ iso7816.Command, data []byte) ([]Field, bool) { return nil, len(data) == n }
}

func describePair(c iso7816.Command, data []byte) ([]Field, bool) {
	if c.P1 == PairFirst {
		_, err := ParsePairFirst(data)
		return nil, err == nil
	}
	a, err := ParsePairFinal(data)
	return []Field{{"slot", fmt.Sprint(a.Slot)}}, err == nil
}

func describeIdent(_ iso7816.Command, data []byte) ([]Field, bool) {
	a, err := ParseIdent(data)
	return []Field{{"certified key", hex.EncodeToString(a.Certificate.Public[:])}}, err == nil
}

func describeSignature(_ iso7816.Command, data []byte) ([]Field, bool) {
	s, err := ParseSignature(data)
	return []Field{{"public key", hex.EncodeToString(s.PublicKey[:])}}, err == nil
}

func describeExported(_ iso7816.Command, data []byte) ([]Field, bool) {
	k, err := ParseKeyTemplate(data)
	defer k.Private.Destroy()
	defer k.ChainCode.Destroy()
	if err != nil || len(k.Public) == 0 {
		return nil, err == nil
	}
	return []Field{{"public key", hex.EncodeToString(k.Public)}}, true
}

func describeKeyUID(c iso7816.Command, data []byte) ([]Field, bool) {
	uid, err := ParseKeyUID(data)
	if c.INS == InsGenerateKey && len(c.Data) != 0 || c.INS == InsLoadKey && !plainKey(c) {
		return nil, false // a wrapped error has 32 bytes too
	}
	return []Field{{"key UID", hex.EncodeToString(uid[:])}}, err == nil
}

// plainKey says whether the data of LOAD KEY is in the clear.
func plainKey(c iso7816.Command) bool {
	if c.P1 == LoadSeed {
		return len(c.Data) == SeedSize
	}
	_, _, err := KeyElements(c.Data)
	return err == nil
}

func describeDuplicate(c iso7816.Command, data []byte) ([]Field, bool) {
	switch c.P1 {
	case DuplicateExport:
		plain := len(c.Data) == 0 && CheckDuplicate(data) == nil
		return []Field{{"duplicate", fmt.Sprintf("%d bytes", len(data))}}, plain
	case DuplicateImport:
		uid, err := ParseKeyUID(data)
		return []Field{{"key UID", hex.EncodeToString(uid[:])}}, err == nil
	}
	return nil, len(data) == 0
}

func describeStatus(c iso7816.Command, data []byte) ([]Field, bool) {
	if len(c.Data) != 0 {
		return nil, false
	}
	if c.P1 == StatusPath {
		path, err := ParsePath(data)
		return []Field{{"path", pathString(path)}}, err == nil
	}
	s, err := ParseApplicationStatus(data)
	return []Field{
		{"PIN tries left", fmt.Sprint(s.PINTries)},
		{"PUK tries left", fmt.Sprint(s.PUKTries)},
		{"key loaded", fmt.Sprint(s.HasKey)},
	}, err == nil
}
