package paycard

import (
	"context"
	"errors"

	"tapcard.example/card"
	"tapcard.example/paycard/wire"
)

// Status is how the card stands: guards, what is left, the last counter and time. Needs the PIN, as does everything in
// this file.
func (s *Session) Status(ctx context.Context) (wire.CardStatus, error) {
	return read(ctx, s, wire.StatusCommand(wire.StatusCard), wire.ParseCardStatus)
}

// SetGuards replaces the guards of the whole card. card.ErrUnsupported for a display or sensor that it does not have.
func (s *Session) SetGuards(ctx context.Context, g wire.Guards) error {
	if _, err := wire.ParseGuards(g.Append(nil)); err != nil {
		return failure(wire.InsSetGuards, card.ErrWrongData, err)
	}
	return s.doEmpty(ctx, wire.SetGuardsCommand(g))
}

// Refill sets how many more signatures the card makes; wire.NoCounterLimit for no limit. It sets and does not add, so
// it may be repeated when an answer was lost.
func (s *Session) Refill(ctx context.Context, left uint32) error {
	return s.doEmpty(ctx, wire.RefillCommand(left))
}

// Switch switches payments on or off.
func (s *Session) Switch(ctx context.Context, on bool) error {
	return s.doEmpty(ctx, wire.SwitchCommand(on))
}

// Profile is how profile n, 0 to 3, stands. card.ErrNotFound when it is not set.
func (s *Session) Profile(ctx context.Context, n byte) (wire.ProfileStatus, error) {
	if n >= wire.Profiles {
		return wire.ProfileStatus{}, noProfile()
	}
	return read(ctx, s, wire.StatusCommand(wire.StatusProfile+n), wire.ParseProfileStatus)
}

// SetProfile sets profile n, 0 to 3. A profile that a touch puts in its place must be set first, for the same purse and
// for touches only: anything else would be refused at the till.
func (s *Session) SetProfile(ctx context.Context, n byte, p wire.Profile) error {
	if n >= wire.Profiles {
		return noProfile()
	}
	if _, err := wire.ParseProfile(p.Append(nil)); err != nil {
		return failure(wire.InsSetProfile, card.ErrWrongData, err)
	}
	if p.Touch < wire.Profiles {
		other, err := s.Profile(ctx, p.Touch)
		if err != nil && !errors.Is(err, card.ErrNotFound) {
			return err
		}
		if err != nil || p.Touch == n || other.Profile.Purse != p.Purse || other.Profile.Touch != wire.TouchOnly {
			return refuse(wire.InsSetProfile,
				"profile %d must be set first, for the same purse and for touches only", p.Touch)
		}
	}
	return s.doEmpty(ctx, wire.SetProfileCommand(n, p))
}

// DeleteProfile deletes profile n, 0 to 3.
func (s *Session) DeleteProfile(ctx context.Context, n byte) error {
	if n >= wire.Profiles {
		return noProfile()
	}
	return s.doEmpty(ctx, wire.DeleteProfileCommand(n))
}

func noProfile() error {
	return refuse(wire.InsSetProfile, "profiles are numbered 0 to %d", wire.Profiles-1)
}

// Bind has the card prove to a vault, the one of profile n, that owner holds it and knows its PIN. The signature is
// verified; it is good for nobody but owner.
func (s *Session) Bind(ctx context.Context, n byte, owner wire.Address) (wire.Signature, error) {
	profile, err := s.Profile(ctx, n)
	if err != nil {
		return wire.Signature{}, err
	}
	signature, err := read(ctx, s, wire.BindCommand(n, owner), wire.ParseSignature)
	if err != nil {
		return wire.Signature{}, err
	}
	address := s.card.info.Address
	signer, err := signature.Recover(wire.BindDigest(profile.Profile.Purse, address, owner))
	if err != nil || signer != address {
		return wire.Signature{}, failure(wire.InsBind, card.ErrBadSignature, err)
	}
	return signature, nil
}

// Log is the card's last 32 signatures, newest first: 17 commands at most.
func (s *Session) Log(ctx context.Context) ([]wire.Entry, error) {
	var all []wire.Entry
	for len(all) < wire.LogEntries {
		entries, err := read(ctx, s, wire.ReadLogCommand(byte(len(all))), wire.ParseEntries)
		if err != nil {
			return nil, err
		}
		if all = append(all, entries...); len(entries) < wire.LogPerAnswer {
			break
		}
	}
	return all, nil
}
