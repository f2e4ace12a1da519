package keycard

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/card"
	"tapcard.example/hd"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

// maxInvalid bounds the search for a valid key. BIP-32 gives 2^-127 for a single miss: a card that misses this often
// lies.
const maxInvalid = 16

// ExportPublic returns the public key at w, 65 bytes (Keycard seed, EXPORT KEY). Needs the PIN. One command.
func (s *Session) ExportPublic(ctx context.Context, w Where) ([65]byte, error) {
	k, err := s.export(ctx, w, wire.ExportPublic)
	if err != nil {
		return [65]byte{}, err
	}
	pub, err := publicKey(k)
	if err != nil {
		return [65]byte{}, err
	}
	return pub, s.checkMaster(w, pub)
}

// ExportNext is ExportPublic for somebody who is choosing an address: where BIP-32 has no key at the index that path
// ends with, it takes the next one (card.ErrInvalidKey; BIP-32 asks for it). It returns the path that was taken.
func (s *Session) ExportNext(ctx context.Context, path hd.Path) (hd.Path, [65]byte, error) {
	path = slices.Clone(path)
	for range maxInvalid {
		pub, err := s.ExportPublic(ctx, At(path))
		if !errors.Is(err, card.ErrInvalidKey) || len(path) == 0 {
			return path, pub, err
		}
		last := &path[len(path)-1]
		if *last == hd.Hardened-1 || *last == ^uint32(0) {
			return nil, [65]byte{}, err
		}
		*last++
	}
	return nil, [65]byte{}, bad(wire.InsExport, fmt.Errorf("no valid key at %d indexes in a row", maxInvalid))
}

// ExportPrivate returns the private key at w, 32 bytes, and its public key (Keycard seed, EXPORT KEY). Needs the PIN. A
// card gives out the keys of EIP-1581 only, m/43'/60'/1581' and at least five levels deep: card.ErrConditions.
func (s *Session) ExportPrivate(ctx context.Context, w Where) (secret.Bytes, [65]byte, error) {
	if w.derived && w.source == wire.FromMaster && !wire.PrivateExportable(w.path) {
		return secret.Bytes{}, [65]byte{}, failure(wire.InsExport, card.ErrConditions,
			errors.New("a card gives out private keys under m/43'/60'/1581' only, from level five on (EIP-1581)"))
	}
	k, err := s.export(ctx, w, wire.ExportPrivate)
	if err != nil {
		return secret.Bytes{}, [65]byte{}, err
	}
	pub, err := publicOf(k.Private)
	if err == nil && k.Public != nil && !slices.Equal(k.Public, pub[:]) {
		err = errors.New("its private and public key do not belong together")
	}
	if err != nil {
		k.Private.Destroy()
		return secret.Bytes{}, [65]byte{}, bad(wire.InsExport, err)
	}
	return k.Private, pub, nil
}

// ExportXPub returns the extended public key at w, from which all addresses below can be computed (Keycard 3.1). Needs
// the PIN. Under EIP-1581 a card refuses: card.ErrConditions. The card tells neither depth nor parent; for a path from
// the master key the depth and the index are filled in, the fingerprint of the parent stays zero.
func (s *Session) ExportXPub(ctx context.Context, w Where) (*hd.XPub, error) {
	if v := s.card.info.Version; v < wire.V3_1 {
		return nil, failure(wire.InsExport, card.ErrUnsupported,
			fmt.Errorf("this card is a %v, an xpub needs 3.1 or later", v))
	}
	k, err := s.export(ctx, w, wire.ExportExtended)
	if err != nil {
		return nil, err
	}
	pub, err := publicKey(k)
	if err != nil {
		return nil, err
	}
	if k.ChainCode.Len() != wire.ChainCodeSize {
		return nil, bad(wire.InsExport, errors.New("it has no chain code"))
	}
	var chain [wire.ChainCodeSize]byte
	k.ChainCode.Reveal(func(b []byte) { copy(chain[:], b) })
	k.ChainCode.Destroy()
	x, err := hd.NewXPub(pub[:], chain, origin(w))
	if err != nil {
		return nil, bad(wire.InsExport, err)
	}
	return x, s.checkMaster(w, pub)
}

// origin is what the path tells about a key's place in its tree.
func origin(w Where) hd.Origin {
	if !w.derived || w.source != wire.FromMaster || len(w.path) == 0 {
		return hd.Origin{}
	}
	return hd.Origin{Depth: byte(len(w.path)), Index: w.path[len(w.path)-1]}
}

// export has the card export the key at w. In 2.x the empty path returns the key of the previous derivation, so the
// master key is made current first.
func (s *Session) export(ctx context.Context, w Where, what byte) (wire.KeyTemplate, error) {
	if err := checkPath(wire.InsExport, w.path); err != nil {
		return wire.KeyTemplate{}, err
	}
	cmd := wire.ExportCurrentCommand(what)
	switch {
	case !w.derived:
	case len(w.path) == 0 && s.card.info.Version < wire.V3_0:
		if !s.at(w) {
			if err := s.Derive(ctx, w.source, nil); err != nil {
				return wire.KeyTemplate{}, err
			}
		}
	default:
		cmd = wire.ExportCommand(w.source, w.path, what, w.makeCurrent)
	}
	next, known := s.follow(w.source, w.path)
	if w.makeCurrent {
		s.known = false
	}
	data, err := s.do(ctx, cmd)
	if err != nil {
		return wire.KeyTemplate{}, err
	}
	defer clear(data)
	if w.makeCurrent {
		s.path, s.known = next, known
	}
	k, err := wire.ParseKeyTemplate(data)
	if err != nil {
		return wire.KeyTemplate{}, bad(wire.InsExport, err)
	}
	return k, nil
}

// checkMaster compares the master key with the key UID the card was selected with. For other keys nothing is known.
func (s *Session) checkMaster(w Where, pub [65]byte) error {
	uid := wire.KeyUID(pub)
	if !w.master() || len(s.card.info.KeyUID) == 0 || slices.Equal(uid[:], s.card.info.KeyUID) {
		return nil
	}
	return failure(wire.InsExport, card.ErrCardMismatch, fmt.Errorf("master key: %w", ErrOtherKey))
}

func publicKey(k wire.KeyTemplate) ([65]byte, error) {
	k.Private.Destroy() // none was asked for
	if len(k.Public) != wire.PublicKeySize {
		return [65]byte{}, bad(wire.InsExport, errors.New("it has no public key"))
	}
	return [65]byte(k.Public), nil
}

// publicOf computes the public key of a private one.
func publicOf(private secret.Bytes) (pub [65]byte, err error) {
	err = wire.ErrKey
	private.Reveal(func(b []byte) {
		var d secp256k1.ModNScalar
		defer d.Zero()
		if len(b) != wire.PrivateKeySize || d.SetByteSlice(b) || d.IsZero() {
			return
		}
		key := secp256k1.NewPrivateKey(&d)
		defer key.Zero()
		pub, err = [65]byte(key.PubKey().SerializeUncompressed()), nil
	})
	return pub, err
}
