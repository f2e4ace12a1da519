package btc

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tapcard.example/hd"
)

// KeyExpression is one key of a descriptor (BIP-380, "Key Expressions"): a single public key, or an extended one with
// the steps from it to the keys that are used.
type KeyExpression struct {
	Origin *KeyOrigin // where the key comes from, nil when the descriptor does not say

	Public [33]byte // the single key, if XPub is nil

	XPub     *hd.XPub
	Network  hd.Network // how XPub is marked
	Steps    hd.Path    // from XPub
	Branches hd.Path    // then one of these: <0;1> (BIP-389)
	After    hd.Path    // then these, only if there are Branches
	Wildcard bool       // then the index
}

// KeyOrigin says which master key a key comes from and by which path.
type KeyOrigin struct {
	Fingerprint [4]byte
	Path        hd.Path
}

// parseKey reads [fingerprint/path]KEY/steps.
func parseKey(text string) (KeyExpression, error) {
	var k KeyExpression
	if rest, ok := strings.CutPrefix(text, "["); ok {
		origin, key, closed := strings.Cut(rest, "]")
		if !closed {
			return k, fmt.Errorf("a key origin without end")
		}
		var err error
		if k.Origin, err = parseOrigin(origin); err != nil {
			return k, err
		}
		text = key
	}
	key, steps, below := strings.Cut(text, "/")
	if raw, err := hex.DecodeString(key); err == nil {
		return k, k.setPublic(raw, below)
	}
	if err := k.setExtended(key); err != nil || !below {
		return k, err
	}
	return k, k.parseSteps(strings.Split(steps, "/"))
}

func parseOrigin(text string) (*KeyOrigin, error) {
	fingerprint, path, below := strings.Cut(text, "/")
	raw, err := hex.DecodeString(fingerprint)
	if err != nil || len(raw) != 4 {
		return nil, fmt.Errorf("the fingerprint in a key origin is not 8 hex digits")
	}
	origin := &KeyOrigin{Fingerprint: [4]byte(raw)}
	if !below {
		return origin, nil
	}
	for component := range strings.SplitSeq(path, "/") {
		n, err := parseStep(component)
		if err != nil {
			return nil, err
		}
		origin.Path = append(origin.Path, n)
	}
	if len(origin.Path) > hd.MaxDepth {
		return nil, hd.ErrDepth
	}
	return origin, nil
}

// parseStep reads a number below 2³¹, with h or ' behind it if the step is hardened.
func parseStep(text string) (uint32, error) {
	digits := strings.TrimRight(text, "h'")
	n, err := strconv.ParseUint(digits, 10, 31)
	if err != nil || len(text) > len(digits)+1 {
		return 0, fmt.Errorf("%q is not a step of a path", text[:min(20, len(text))])
	}
	if digits != text {
		return uint32(n) | hd.Hardened, nil
	}
	return uint32(n), nil
}

// setPublic takes a single key. Uncompressed ones are valid in pkh only, and no card here has any.
func (k *KeyExpression) setPublic(raw []byte, below bool) error {
	if below {
		return fmt.Errorf("steps below a key that is not extended")
	}
	if len(raw) != 33 {
		return fmt.Errorf("a key of %d bytes: only compressed keys, of 33, can be used", len(raw))
	}
	if _, err := hd.NewXPub(raw, [32]byte{}, hd.Origin{}); err != nil {
		return err
	}
	k.Public = [33]byte(raw)
	return nil
}

// setExtended takes an xpub, and says what is wrong with what is often given instead of one.
func (k *KeyExpression) setExtended(text string) (err error) {
	if k.XPub, k.Network, err = hd.ParseXPub(text); err == nil {
		return nil
	}
	switch {
	case len(text) > 100 && strings.Contains("yzYZuvUV", text[:1]) && text[1:4] == "pub":
		return fmt.Errorf("%spub is a key in the SLIP-132 form: a descriptor says the kind of address itself, "+
			"so convert the key to an xpub (or tpub)", text[:1])
	case len(text) > 100 && text[1:4] == "prv", len(text) == 51, len(text) == 52:
		return fmt.Errorf("there is a private key in it: export the descriptor without private keys")
	}
	return err
}

func (k *KeyExpression) parseSteps(steps []string) error {
	if last := steps[len(steps)-1]; last == "*" {
		k.Wildcard = true
		steps = steps[:len(steps)-1]
	} else if strings.HasPrefix(last, "*") {
		return hd.ErrHardened
	}
	if len(steps) > hd.MaxDepth {
		return hd.ErrDepth
	}
	for _, step := range steps {
		if strings.HasPrefix(step, "<") {
			if err := k.parseBranches(step); err != nil {
				return err
			}
			continue
		}
		n, err := parsePublicStep(step)
		if err != nil {
			return err
		}
		if k.Branches == nil {
			k.Steps = append(k.Steps, n)
		} else {
			k.After = append(k.After, n)
		}
	}
	return nil
}

// parseBranches reads <0;1>: at least two numbers, none twice, once in a key (BIP-389).
func (k *KeyExpression) parseBranches(text string) error {
	inside, closed := strings.CutSuffix(text[1:], ">")
	if !closed || k.Branches != nil {
		return fmt.Errorf("<…> without end, or twice in a key")
	}
	for number := range strings.SplitSeq(inside, ";") {
		n, err := parsePublicStep(number)
		if err != nil {
			return err
		}
		if slices.Contains(k.Branches, n) {
			return fmt.Errorf("%d twice in <…>", n)
		}
		k.Branches = append(k.Branches, n)
	}
	if len(k.Branches) < 2 {
		return fmt.Errorf("<…> with one number")
	}
	return nil
}

// parsePublicStep refuses hardened steps: a public key cannot make them.
func parsePublicStep(text string) (uint32, error) {
	n, err := parseStep(text)
	if err == nil && n >= hd.Hardened {
		return 0, fmt.Errorf("%w: export the xpub of the last hardened step, with its path as key origin", hd.ErrHardened)
	}
	return n, err
}

// derive is the key at an index. The expression has no Branches any more.
func (k KeyExpression) derive(index uint32) ([33]byte, error) {
	if k.XPub == nil {
		return k.Public, nil
	}
	path := k.Steps
	if k.Wildcard {
		path = append(slices.Clone(path), index)
	}
	key, err := k.XPub.Derive(path)
	if err != nil {
		return [33]byte{}, err
	}
	return key.Compressed(), nil
}

// String is the expression in the language of descriptors, with h for hardened steps.
func (k KeyExpression) String() string {
	var b strings.Builder
	if k.Origin != nil {
		fmt.Fprintf(&b, "[%x%s]", k.Origin.Fingerprint, steps(k.Origin.Path))
	}
	if k.XPub == nil {
		fmt.Fprintf(&b, "%x", k.Public)
		return b.String()
	}
	b.WriteString(k.XPub.Encode(k.Network) + steps(k.Steps))
	if len(k.Branches) > 0 {
		inside := strings.ReplaceAll(steps(k.Branches)[1:], "/", ";")
		b.WriteString("/<" + inside + ">" + steps(k.After))
	}
	if k.Wildcard {
		b.WriteString("/*")
	}
	return b.String()
}

// steps writes a path without its m: "/84h/0h/0h".
func steps(p hd.Path) string { return strings.ReplaceAll(p.String()[1:], "'", "h") }
