package interop

import (
	"bytes"
	"crypto/sha256"
	"slices"

	"github.com/ethereum/go-ethereum/crypto"

	"tapcard.example/hd"
)

// ok says whether the client was content, and complains for it otherwise.
func (j *judge) ok(s Step) bool {
	j.Helper()
	if s.Error != "" {
		j.Errorf("step %q: the client complains: %s", s.Name, s.Error)
	}
	return s.Error == ""
}

func (j *judge) same(s Step, what string, got, want []byte) {
	j.Helper()
	if !bytes.Equal(got, want) {
		j.Errorf("step %q: %s is %x, want %x", s.Name, what, got, want)
	}
}

// number compares what the client said with what it must be; a client that cannot tell says nothing.
func (j *judge) number(s Step, what string, got *int, want int) {
	j.Helper()
	if got != nil && *got != want {
		j.Errorf("step %q: %s is %d, want %d", s.Name, what, *got, want)
	}
}

// refused wants a complaint.
func refused(j *judge, s Step) {
	j.Helper()
	if s.Error == "" {
		j.Errorf("step %q: the client noticed nothing", s.Name)
	}
}

func initialized(want bool) func(*judge, Step) {
	return func(j *judge, s Step) {
		j.Helper()
		if j.ok(s) && (s.Initialized == nil || *s.Initialized != want) {
			j.Errorf("step %q: initialised is not %v", s.Name, want)
		}
	}
}

func triesLeft(n int) func(*judge, Step) {
	return func(j *judge, s Step) {
		j.Helper()
		refused(j, s)
		j.number(s, "number of tries left", s.PIN, n)
	}
}

func tries(want ...int) func(*judge, Step) {
	return func(j *judge, s Step) {
		j.Helper()
		refused(j, s)
		if s.Tries != nil && !slices.Equal(s.Tries, want) {
			j.Errorf("step %q: tries left were %v, want %v", s.Name, s.Tries, want)
		}
	}
}

func status(pin, puk int, key bool) func(*judge, Step) {
	return func(j *judge, s Step) {
		j.Helper()
		if !j.ok(s) {
			return
		}
		if s.PIN == nil || s.PUK == nil || s.Key == nil {
			j.Errorf("step %q: incomplete: %+v", s.Name, s)
			return
		}
		j.number(s, "number of PIN tries", s.PIN, pin)
		j.number(s, "number of PUK tries", s.PUK, puk)
		if *s.Key != key {
			j.Errorf("step %q: a key is loaded: %v", s.Name, *s.Key)
		}
	}
}

func path(want string) func(*judge, Step) {
	return func(j *judge, s Step) {
		j.Helper()
		if j.ok(s) && s.Path != want {
			j.Errorf("step %q: the card is at %s, want %s", s.Name, s.Path, want)
		}
	}
}

func data(want []byte) func(*judge, Step) {
	return func(j *judge, s Step) {
		j.Helper()
		if j.ok(s) {
			j.same(s, "data", s.Data, want)
		}
	}
}

// signed wants a signature by the key at path over the digest that belongs to the step. The library that verifies is
// libsecp256k1; like every Ethereum node it accepts no high S.
func signed(path string) func(*judge, Step) {
	return func(j *judge, s Step) {
		j.Helper()
		j.verify(s, j.keys.public(path))
	}
}

func (j *judge) verify(s Step, public []byte) {
	j.Helper()
	if !j.ok(s) {
		return
	}
	j.same(s, "digest", s.Digest, digest(s.Name))
	j.same(s, "public key", s.Public, public)
	if !crypto.VerifySignature(public, digest(s.Name), append(slices.Clone(s.R), s.S...)) {
		j.Errorf("step %q: the signature %x %x does not verify", s.Name, s.R, s.S)
	}
}

func exportedPublic(path string) func(*judge, Step) {
	return func(j *judge, s Step) {
		j.Helper()
		if j.ok(s) {
			j.same(s, "public key", s.Public, j.keys.public(path))
		}
	}
}

func exportedPrivate(path string) func(*judge, Step) {
	return func(j *judge, s Step) {
		j.Helper()
		if j.ok(s) {
			j.same(s, "private key", s.Private, j.keys.private(path))
		}
	}
}

func exportedExtended(path string) func(*judge, Step) {
	return func(j *judge, s Step) {
		j.Helper()
		if j.ok(s) {
			j.same(s, "public key", s.Public, j.keys.public(path))
			j.same(s, "chain code", s.Chain, j.keys.chain(path))
		}
	}
}

// freshCard is the first SELECT after INIT: the profile's version, no key, and the slots to count from.
func (j *judge) freshCard(s Step) {
	j.Helper()
	initialized(true)(j, s)
	j.noKey(s)
	if s.Version != j.profile {
		j.Errorf("step %q: version %s on a card of profile %s", s.Name, s.Version, j.profile)
	}
	if s.Slots == nil || *s.Slots < 5 {
		j.Errorf("step %q: no free slots in %+v", s.Name, s)
		return
	}
	j.slots = *s.Slots
}

func (j *judge) noKey(s Step) {
	j.Helper()
	if j.ok(s) && len(s.KeyUID) != 0 {
		j.Errorf("step %q: the card names a key, %x", s.Name, s.KeyUID)
	}
}

// slotsTaken wants n pairing slots fewer than the new card had.
func slotsTaken(n int) func(*judge, Step) {
	return func(j *judge, s Step) {
		j.Helper()
		if j.ok(s) && (s.Slots == nil || *s.Slots != j.slots-n) {
			j.Errorf("step %q: free slots are not %d: %+v", s.Name, j.slots-n, s)
		}
	}
}

func (j *judge) seedUID(s Step) {
	j.Helper()
	if j.ok(s) {
		j.same(s, "key UID", s.KeyUID, j.keys.uid())
	}
}

// mnemonic wants twelve words whose checksum is right.
func (j *judge) mnemonic(s Step) {
	j.Helper()
	if !j.ok(s) {
		return
	}
	indexes := make([]uint16, len(s.Indexes))
	for i, n := range s.Indexes {
		indexes[i] = uint16(n)
	}
	words, err := hd.Words(indexes)
	if err == nil {
		err = hd.CheckMnemonic(words)
	}
	if len(indexes) != 12 || err != nil {
		j.Errorf("step %q: %d words: %v", s.Name, len(indexes), err)
	}
}

func (j *judge) generated(s Step) {
	j.Helper()
	if j.ok(s) && len(s.KeyUID) != sha256.Size {
		j.Errorf("step %q: the key UID has %d bytes", s.Name, len(s.KeyUID))
	}
}

// signedByGenerated knows only the hash of the public key that must have signed: the key UID.
func (j *judge) signedByGenerated(s Step) {
	j.Helper()
	uid := sha256.Sum256(s.Public)
	j.same(s, "hash of the public key", uid[:], j.steps["generate"].KeyUID)
	j.verify(s, s.Public)
}

func (j *judge) signedUnderDuress(s Step) {
	j.Helper()
	j.verify(s, j.keys.duress(j).public(pathFirst))
}

func (j *judge) identified(s Step) {
	j.Helper()
	if j.ok(s) {
		j.same(s, "the authority", s.Authority, j.authority)
	}
}
