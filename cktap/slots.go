package cktap

import (
	"context"
	"errors"
	"fmt"

	"tapcard.example/card"
	"tapcard.example/cktap/wire"
	"tapcard.example/iso7816"
)

// Slot is what a SATSCARD says about one of its slots to anybody. Nobody has signed it: only Verify proves an address,
// and only that of the sealed slot. Coins at the address of an unsealed slot belong to whoever is first.
type Slot struct {
	Number    int // counted from 0
	State     wire.SlotState
	Address   string         // sealed: with its middle blanked out; unsealed: whole; unused: empty
	PublicKey wire.PublicKey // unsealed, from firmware 1.0.3 on; otherwise zero
}

// Slots lists all slots: one command for each unsealed one, and one for the last slot when it is the current one, since
// some cards do not say in their status that it is unsealed.
func (s *Satscard) Slots(ctx context.Context) ([]Slot, error) {
	if err := s.current(ctx); err != nil {
		return nil, err
	}
	current, count := s.status.Slot(), s.status.SlotCount()
	slots := make([]Slot, 0, count)
	for n := range count {
		var slot Slot
		var err error
		switch {
		case n < current || n == current && s.lastSlot():
			slot, err = s.Slot(ctx, n)
		case n == current && s.status.HasKey():
			slot = Slot{Number: n, State: wire.SlotSealed, Address: s.status.Address}
		default:
			slot = Slot{Number: n, State: wire.SlotUnused}
		}
		if err != nil {
			return nil, err
		}
		slots = append(slots, slot)
	}
	return slots, nil
}

// Slot asks about one slot (Tap protocol, dump): one command, without the CVC.
func (s *Satscard) Slot(ctx context.Context, number int) (Slot, error) {
	if err := s.checkSlot(wire.CmdDump, number); err != nil {
		return Slot{}, err
	}
	body, err := s.exchange(ctx, wire.CmdDump, func() (iso7816.Command, error) {
		return wire.DumpRequest{Slot: &number}.Command()
	})
	if err != nil {
		return Slot{}, err
	}
	a, err := wire.ParseDumpAnswer(body)
	if err != nil {
		return Slot{}, bad(wire.CmdDump, err)
	}
	if err := s.sensible(a, number); err != nil {
		return Slot{}, bad(wire.CmdDump, err)
	}
	slot := Slot{Number: number, State: a.State(), Address: a.Address, PublicKey: a.PublicKey}
	if slot.State == wire.SlotSealed {
		slot.Address = s.status.Address
	}
	return slot, nil
}

// sensible checks what can be checked of an answer that nobody has signed.
func (s *Satscard) sensible(a wire.DumpAnswer, number int) error {
	switch {
	case a.Slot != number:
		return fmt.Errorf("it is about slot %d, not slot %d", a.Slot+1, number+1)
	case a.Private != wire.Bytes32{} || a.Master != wire.Bytes32{}:
		return errors.New("it has keys, without the CVC")
	case printable(a.Address) != a.Address:
		return errors.New("its address is none")
	case a.State() != wire.SlotUnsealed:
		return nil
	case a.PublicKey != wire.PublicKey{} && wire.Address(a.PublicKey, s.status.Testnet) != a.Address:
		return ErrAddress
	}
	return nil
}

// checkSlot refuses numbers of slots that do not exist.
func (s *Satscard) checkSlot(name string, number int) error {
	if n := s.status.SlotCount(); number < 0 || number >= n {
		return refuse(name, card.ErrWrongData, "there is no slot %d: the card has slots 1 to %d", number+1, n)
	}
	return nil
}
