package wire

import (
	"encoding/hex"
	"fmt"
	"strconv"

	"tapcard.example/iso7816"
	channel "tapcard.example/keycard/wire"
)

// Field is one line of a readable trace.
type Field struct{ Name, Value string }

// Describe says in words what an exchange with a payment card was about, for traces and logs. It works by a list of
// what may be shown, never by removing what must not: names of commands, slots, profiles, versions, UIDs and addresses of
// cards, amounts and merchants that a terminal asks for, counters, flags, tries left, lengths, and the status word. PINs,
// PUKs, pairing secrets, MAC keys, hashes, tokens, signatures, log entries and what the owner has set are on no list, so
// they cannot appear.
//
// It takes plaintext exchanges. One that is still wrapped in the owner's channel is recognised and described as that.
func Describe(c iso7816.Command, r iso7816.Response) []Field {
	if c.INS == iso7816.InsSelect {
		return append([]Field{{"command", "SELECT"}, {"status", r.SW.String()}}, describeInfo(r)...)
	}
	spec, ok := Lookup(c.INS)
	if !ok {
		return []Field{{"command", fmt.Sprintf("unknown, INS %02X", c.INS)}, {"status", r.SW.String()}}
	}
	fields := []Field{{"command", spec.Name}}
	if inChannel(spec, c, r) {
		travelled := fmt.Sprintf("%d bytes sent, %d received", len(c.Data), len(r.Data))
		return append(fields, Field{"secure channel", travelled}, Field{"status", r.SW.String()})
	}
	fields = append(append(fields, describeCommand(c)...), describeStatus(spec, r.SW))
	if r.SW != iso7816.OK {
		return fields
	}
	return append(fields, describeAnswer(c, r.Data)...)
}

// inChannel says whether an exchange is still wrapped, or the bare 6982 by which a card ends the channel. The challenges
// of MUTUALLY AUTHENTICATE look wrapped; wrapped ones are longer.
func inChannel(spec Spec, c iso7816.Command, r iso7816.Response) bool {
	if spec.Security == channel.SecurityNone || spec.INS == channel.InsMutual && len(c.Data) == channel.ChallengeSize {
		return false
	}
	return wrapped(c.Data) && (wrapped(r.Data) || r.SW == iso7816.SecurityNotSatisfied)
}

// wrapped says whether a data field can be the channel's: a MAC of 16 bytes, and at least one block of ciphertext.
func wrapped(data []byte) bool { return len(data) >= 32 && len(data)%16 == 0 }

func describeStatus(spec Spec, sw iso7816.Status) Field {
	if left, ok := sw.TriesLeft(); ok {
		return Field{"status", fmt.Sprintf("%v, tries left: %d", sw, left)}
	}
	return Field{"status", sw.String() + ", " + spec.Meaning(sw).Text}
}

func describeInfo(r iso7816.Response) []Field {
	i, err := ParseInfo(r.Data)
	if r.SW != iso7816.OK || err != nil {
		return nil
	}
	fields := []Field{{"version", fmt.Sprintf("%d.%d", i.Version>>8, i.Version&0xFF)}, {"UID", hex.EncodeToString(i.UID[:])}}
	if !i.Initialized {
		return append(fields, Field{"card", "not initialised"})
	}
	return append(fields, Field{"address", i.Address.String()}, number("free pairing slots", i.FreeSlots),
		Field{"capabilities", fmt.Sprintf("%02X", byte(i.Capabilities))})
}

func number[N int | byte | uint32 | uint64](name string, n N) Field {
	return Field{name, strconv.FormatUint(uint64(n), 10)}
}

// describeCommand shows parameters; of the data only what a terminal sends in the clear.
func describeCommand(c iso7816.Command) []Field {
	switch c.INS {
	case channel.InsOpen, channel.InsUnpair:
		return []Field{number("slot", c.P1)}
	case channel.InsPair, channel.InsChangePIN, InsSwitch:
		return []Field{{"what", choices[[2]byte{c.INS, c.P1}]}}
	case InsSetProfile, InsBind, InsMandate:
		return []Field{number("profile", c.P1)}
	case InsReadLog:
		return []Field{number("from entry", c.P1)}
	case InsGetStatus:
		return []Field{{"of", statusOf(c.P1)}}
	case InsPay, InsSignHash:
		return []Field{{"approval", fmt.Sprint(c.P1&HasApproval != 0)}, {"time", fmt.Sprint(c.P1&HasTime != 0)}}
	case InsChallenge:
		if c.P2 == ForHash {
			return []Field{{"for", "a hash"}}
		}
		return append([]Field{number("profile", c.P1)}, describeOrder(c.Data)...)
	}
	return nil
}

// choices are the meanings of P1; one that is not here stays empty.
var choices = map[[2]byte]string{
	{channel.InsPair, channel.PairFirst}:        "first step",
	{channel.InsPair, channel.PairFinal}:        "final step",
	{channel.InsChangePIN, channel.ChangePIN}:   "PIN",
	{channel.InsChangePIN, channel.ChangePUK}:   "PUK",
	{channel.InsChangePIN, channel.ChangeToken}: "pairing secret",
	{InsSwitch, SwitchOn}:                       "on",
	{InsSwitch, SwitchOff}:                      "off",
}

func statusOf(p1 byte) string {
	switch {
	case p1 == StatusTries:
		return "tries"
	case p1 == StatusCard:
		return "card"
	case p1 == StatusService:
		return "approval service"
	case p1 == StatusTime:
		return "time authorities"
	case p1 >= StatusProfile && p1 < StatusProfile+Profiles:
		return fmt.Sprintf("profile %d", p1-StatusProfile)
	}
	return fmt.Sprintf("unknown, %02X", p1)
}

func describeOrder(data []byte) []Field {
	o, err := ParseOrder(data)
	if err != nil {
		return nil
	}
	return []Field{number("amount", o.Amount), {"merchant", o.Merchant.String()}, number("anchor", o.Anchor)}
}

// describeAnswer shows some of the answers that have one length and are not the channel's.
func describeAnswer(c iso7816.Command, data []byte) []Field {
	switch {
	case c.INS == channel.InsPair && c.P1 == channel.PairFinal:
		if a, err := channel.ParsePairFinal(data); err == nil {
			return []Field{number("slot", a.Slot)}
		}
	case c.INS == InsChallenge:
		if a, err := ParseChallenge(data); err == nil {
			return []Field{number("counter", a.Counter), {"flags", fmt.Sprintf("%02X", a.Flags)}, number("profile in effect", a.Profile)}
		}
	case c.INS == InsPay || c.INS == InsMandate:
		if s, err := ParseSigned(data); err == nil {
			return []Field{number("counter", s.Counter)}
		}
	case c.INS == InsGetStatus && c.P1 == StatusTries:
		if t, err := ParseTries(data); err == nil {
			return []Field{number("PIN tries left", t.PIN), number("PUK tries left", t.PUK)}
		}
	}
	return nil
}
