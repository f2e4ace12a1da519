package wire

import (
	"fmt"
	"strings"

	"tapcard.example/iso7816"
)

// Field is one line of a readable trace.
type Field struct{ Name, Value string }

// Describe says in words what an exchange with the applet was about, for traces and logs. It works by a list of what
// may be shown: names, states, sizes, slots, idents, waits, lengths, status words. Codes, seeds, hashes, signatures,
// paths, keys and bundles are on no list, so they cannot appear.
//
// It takes plaintext exchanges; one in the channel is recognised by its class and described as that.
func Describe(c iso7816.Command, r iso7816.Response) []Field {
	if c.INS == iso7816.InsSelect {
		return append([]Field{{"command", "SELECT"}, status(r.SW)}, describeInfo(r)...)
	}
	spec, ok := Lookup(c.INS)
	if !ok {
		return []Field{{"command", fmt.Sprintf("unknown, INS %02X", c.INS)}, status(r.SW)}
	}
	fields := []Field{{"command", spec.Name}}
	if c.CLA&^0x10 == ClassChannel {
		travelled := fmt.Sprintf("%d bytes sent, %d received", len(c.Data), len(r.Data))
		return append(fields, Field{"channel", travelled}, status(r.SW))
	}
	fields = append(append(fields, describeCommand(c)...), status(r.SW))
	if wait, err := ParseWait(r.Data); err == nil && (r.SW == ErrWrongCode.SW || r.SW == ErrWait.SW || c.INS == InsWait) {
		return append(fields, Field{"wait", wait.String()})
	}
	if r.SW != iso7816.OK {
		return fields
	}
	return append(fields, describeAnswer(c.INS, r.Data)...)
}

func status(sw iso7816.Status) Field {
	if refusal := FromStatus(sw); refusal != nil {
		return Field{"status", sw.String() + ", " + refusal.Error()}
	}
	return Field{"status", sw.String()}
}

func describeInfo(r iso7816.Response) []Field {
	i, err := ParseInfo(r.Data)
	if r.SW != iso7816.OK || err != nil {
		return nil
	}
	return []Field{{"card", i.Card.Ident()}, {"state", i.State.String()}, {"set", setOf(i.Size, i.Slot)},
		{"origin", i.Origin.String()}, {"wait", i.Wait.String()}, {"software", fmt.Sprint(i.Software())}}
}

func setOf(size, slot byte) string { return fmt.Sprintf("size %d, slot %d", size, slot) }

func describeCommand(c iso7816.Command) []Field {
	switch c.INS {
	case InsBegin:
		return []Field{{"size", fmt.Sprint(c.P1)}}
	case InsBundle:
		return []Field{{"slot", fmt.Sprint(c.P1)}}
	case InsSign:
		return []Field{{"hashes", fmt.Sprint(c.P1)}}
	case InsActivate:
		if len(c.Data) > 0 {
			return []Field{{"origin", Origin(c.Data[0]).String()}}
		}
	case InsJoin:
		if o, err := ParseOffer(c.Data); err == nil {
			return []Field{{"from", o.Card.Ident()}, {"set", setOf(o.Size, o.Slot)}}
		}
	case InsCommit:
		if joins, err := ParseJoins(c.Data, len(c.Data)/JoinSize); err == nil {
			return []Field{{"members", idents(joins)}}
		}
	case InsImport:
		return describeBundle(c.Data)
	}
	return nil
}

func idents(joins []Join) string {
	var names []string
	for _, j := range joins {
		names = append(names, j.Card.Ident())
	}
	return strings.Join(names, ", ")
}

func describeBundle(data []byte) []Field {
	b, err := ParseBundle(data)
	if err != nil {
		return nil
	}
	return []Field{{"for", b.Card.Ident()}, {"set", setOf(b.Size, b.Slot)}}
}

func describeAnswer(ins byte, data []byte) []Field {
	switch ins {
	case InsJoin:
		if j, err := ParseJoin(data); err == nil {
			return []Field{{"joined", j.Card.Ident()}}
		}
	case InsBundle:
		return describeBundle(data)
	case InsAttest:
		if a, err := ParseAttestation(data); err == nil {
			return []Field{{"state", a.State.String()}, {"set", setOf(a.Size, a.Slot)}, {"members", memberIdents(a.Set)},
				{"origin", a.Origin.String()}}
		}
	}
	return nil
}

func memberIdents(set []Key) string {
	var names []string
	for _, k := range set {
		names = append(names, k.Ident())
	}
	return strings.Join(names, ", ")
}
