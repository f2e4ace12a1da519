package main

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"tapcard.example/paycard"
	"tapcard.example/paycard/wire"
)

func newPayStatus(a *app, p *payFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Show how the payment card stands: switch, counter, what is left",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withPay(c.Context(), p, func(s *paycard.Session) error {
				st, err := s.Status(c.Context())
				if err != nil {
					return err
				}
				tries, err := s.Tries(c.Context())
				if err != nil {
					return err
				}
				return a.print(newPayStatusResult(s.Card().Info(), st, tries))
			})
		},
	}
}

// payStatus is the result of "pay-card status".
type payStatus struct {
	Address      string    `json:"address"`
	BlindAddress string    `json:"blind_address"`
	On           bool      `json:"on"`
	Counter      uint32    `json:"counter"`
	Left         *uint32   `json:"signatures_left"` // null: no limit
	Hour         int       `json:"signatures_this_hour"`
	Spent        payAmount `json:"currency_spent"`
	LastTime     string    `json:"last_time,omitempty"`
	Service      string    `json:"service,omitempty"`
	Profiles     []int     `json:"profiles"`
	PINTries     int       `json:"pin_tries"`
	PUKTries     int       `json:"puk_tries"`
	FreeSlots    int       `json:"free_slots"`
}

func newPayStatusResult(i wire.Info, st wire.CardStatus, t wire.Tries) payStatus {
	r := payStatus{Address: i.Address.String(), BlindAddress: st.Blind.String(), On: st.On, Counter: st.Counter, Left: payCount(st.Left),
		Hour: int(st.Hour), Spent: payAmount(st.Spent), LastTime: payTime(st.LastTime), Service: i.URL, Profiles: []int{},
		PINTries: t.PIN, PUKTries: t.PUK, FreeSlots: i.FreeSlots}
	for n, hint := range i.Hints {
		if hint != ([wire.HintSize]byte{}) {
			r.Profiles = append(r.Profiles, n)
		}
	}
	return r
}

// payTime is a time of the card's tokens; empty for none.
func payTime(t uint32) string {
	if t == 0 {
		return ""
	}
	return time.Unix(int64(t), 0).UTC().Format(time.RFC3339)
}

func (r payStatus) text(w io.Writer) {
	rows(w, "address", r.Address, "blind signatures by", r.BlindAddress, "switched on", yesNo(r.On), "payments", fmt.Sprint(r.Counter),
		"signatures left", payCountText(r.Left), "last hour", plural(r.Hour, "signature"), "last approval", r.LastTime,
		"approval service", printable(r.Service), "profiles set", fmt.Sprint(r.Profiles),
		"tries left", fmt.Sprintf("PIN %d, PUK %d", r.PINTries, r.PUKTries), "free pairing slots", fmt.Sprint(r.FreeSlots))
	if len(r.Profiles) == 0 {
		fmt.Fprintln(w, `next: "tapcard pay-card profile set" says what it pays from`)
	}
}
