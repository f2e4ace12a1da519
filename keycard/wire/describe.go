package wire

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"tapcard.example/iso7816"
)

// Field is one line of a readable trace.
type Field struct{ Name, Value string }

// Describe says in words what an exchange with the Keycard applet was about, for traces and logs. It works by a list
// of what may be shown, never by removing what must not: names, parameters, paths, versions, tries left, public keys,
// key and instance UIDs, lengths, and the status word. PINs, PUKs, tokens, private keys, chain codes, seeds,
// mnemonics, hashes, signatures and stored data are on no list, so they cannot appear.
//
// It takes plaintext exchanges. One that is still wrapped in a secure channel is recognised and described as that.
func Describe(c iso7816.Command, r iso7816.Response) []Field {
	if c.INS == iso7816.InsSelect {
		return append([]Field{{"command", "SELECT"}}, describeSelect(c, r)...)
	}
	spec, ok := Lookup(c.INS)
	if !ok {
		return []Field{{"command", fmt.Sprintf("unknown, INS %02X", c.INS)}, {"status", r.SW.String()}}
	}
	fields := []Field{{"command", spec.Name}}
	asked, answered, plain := describePlain(c, r)
	if !plain || lostChannel(spec, c, r) {
		wrapped := fmt.Sprintf("%d bytes sent, %d received", len(c.Data), len(r.Data))
		return append(fields, Field{"secure channel", wrapped}, Field{"status", r.SW.String()})
	}
	return append(append(append(fields, asked...), statusField(spec, r.SW)), answered...)
}

// describePlain describes both directions; plain is false when they are not what this command has outside a channel.
func describePlain(c iso7816.Command, r iso7816.Response) (asked, answered []Field, plain bool) {
	d := describers[c.INS]
	if d.request != nil {
		asked = d.request(c)
	}
	switch {
	case r.SW != iso7816.OK:
		return asked, nil, true
	case d.silent:
		return asked, nil, len(r.Data) == 0
	case d.answer != nil:
		answered, plain = d.answer(c, r.Data)
		return asked, answered, plain
	default: // the answer is anything, but the command has no data
		return asked, nil, len(c.Data) == 0
	}
}

// lostChannel recognises the end of a channel: a wrapped command that was answered 6982, bare.
func lostChannel(spec Spec, c iso7816.Command, r iso7816.Response) bool {
	return spec.Security != SecurityNone && r.SW == iso7816.SecurityNotSatisfied && wrappedLength(c.Data)
}

func statusField(spec Spec, sw iso7816.Status) Field {
	text := sw.String() + ", " + spec.Meaning(sw).Text
	if left, ok := sw.TriesLeft(); ok {
		text = fmt.Sprintf("%v, tries left: %d", sw, left)
	}
	return Field{"status", text}
}

func describeSelect(c iso7816.Command, r iso7816.Response) []Field {
	fields := []Field{{"AID", hex.EncodeToString(c.Data)}, {"status", r.SW.String()}}
	info, err := ParseApplicationInfo(r.Data)
	if r.SW != iso7816.OK || err != nil {
		return fields
	}
	return append(fields, describeInfo(info)...)
}

func describeInfo(i ApplicationInfo) []Field {
	if !i.Initialized {
		return []Field{{"card", "not initialised"}, {"channel key", hex.EncodeToString(i.PublicKey)}}
	}
	fields := []Field{
		{"version", i.Version.String()},
		{"instance UID", hex.EncodeToString(i.InstanceUID)},
		{"channel key", hex.EncodeToString(i.PublicKey)},
		{"capabilities", i.Capabilities.String()},
	}
	if i.FreeSlots >= 0 {
		fields = append(fields, Field{"free pairing slots", strconv.Itoa(i.FreeSlots)})
	}
	if i.KeyUID == nil {
		return append(fields, Field{"key", "none"})
	}
	return append(fields, Field{"key UID", hex.EncodeToString(i.KeyUID)})
}

// pathString is a key path as people write it, without a start: 44'/60'/0'/0/0. The empty path is "".
func pathString(path []uint32) string {
	parts := make([]string, len(path))
	for i, component := range path {
		parts[i] = strconv.FormatUint(uint64(component&^hardened), 10)
		if component&hardened != 0 {
			parts[i] += "'"
		}
	}
	return strings.Join(parts, "/")
}
