package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"tapcard.example/internal/privatefile"
	"tapcard.example/paycard"
	"tapcard.example/paycard/wire"
	"tapcard.example/secret"
)

const payApproversLong = `Who approves payments, and whose time the card believes.

"set" gives the card a service, or moves it to another one, in one step: from then on it refuses what the old service
signs. It prints the card's last signatures: those that are not settled yet, the new service has to count as held.`

func newPayApprovers(a *app, p *payFlags) *cobra.Command {
	c := &cobra.Command{Use: "approvers", Short: "Show, set and move to an approval service; time authorities", Long: payApproversLong}
	c.AddCommand(newPayApproversShow(a, p), newPayApproversSet(a, p), newPayApproversRemove(a, p), newPayApproversTime(a, p))
	return c
}

func newPayApproversShow(a *app, p *payFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "show",
		Short: "Show the approval service and the time authorities",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withPay(c.Context(), p, func(s *paycard.Session) error {
				service, err := s.Service(c.Context())
				if err != nil {
					return err
				}
				times, err := s.TimeAuthorities(c.Context())
				if err != nil {
					return err
				}
				return a.print(payApprovers{service.URL, hexKeys(service.Keys), hexKeys(times)})
			})
		},
	}
}

// payApprovers is the result of "approvers show".
type payApprovers struct {
	URL   string   `json:"url"`
	Keys  []string `json:"keys"`
	Times []string `json:"time_keys"`
}

func (r payApprovers) text(w io.Writer) {
	if r.URL == "" {
		fmt.Fprintln(w, `no approval service; "tapcard pay-card approvers set" names one`)
	}
	rows(w, "service", printable(r.URL))
	for _, k := range r.Keys {
		rows(w, "approver's key", k)
	}
	for _, k := range r.Times {
		rows(w, "time authority", k)
	}
}

func newPayApproversSet(a *app, p *payFlags) *cobra.Command {
	var url, macFile string
	var keys []string
	c := &cobra.Command{
		Use:   "set --url URL --key KEY [--key KEY] --mac-file FILE",
		Short: "Give the card an approval service, or move it to another one",
		Long:  payApproversLong,
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			parsed, err := parseKeys(keys)
			if err != nil {
				return err
			}
			if url == "" || len(parsed) == 0 || macFile == "" {
				return usageError{errors.New("a service has --url, one or two --key, and --mac-file")}
			}
			return a.withPay(c.Context(), p, func(s *paycard.Session) error {
				mac, err := a.macKey(c.Context(), macFile)
				if err != nil {
					return err
				}
				defer mac.Destroy()
				moved, err := s.Move(c.Context(), wire.Service{URL: url, Keys: parsed, MAC: mac})
				if err != nil {
					return err
				}
				return a.print(payMoved{url, moved.Before.URL, logEntries(moved.Open)})
			})
		},
	}
	c.Flags().StringVar(&url, "url", "", "where the service is: https, or http on this machine")
	c.Flags().StringArrayVar(&keys, "key", nil, "the service's public `KEY`, 33 bytes in hex; at most two, each is enough")
	c.Flags().StringVar(&macFile, "mac-file", "", "the key that card and service share, 32 bytes in hex; made in `FILE` if it is not there")
	return c
}

// macKey reads the MAC key from a file, and makes it if there is no such file.
func (a *app) macKey(ctx context.Context, path string) (secret.Bytes, error) {
	if _, err := os.Stat(path); path == "-" || !errors.Is(err, fs.ErrNotExist) {
		return a.askHexSecret(ctx, path, "MAC key")
	}
	key, err := paycard.Options{}.NewMACKey()
	if err != nil {
		return key, err
	}
	var text []byte
	defer func() { clear(text) }()
	key.Reveal(func(b []byte) { text = append(hex.AppendEncode(nil, b), '\n') })
	err = privatefile.Update(path, maxSecret, func(old []byte) ([]byte, error) {
		if len(old) > 0 {
			return nil, fmt.Errorf("%s has just been made by another program", path)
		}
		return text, nil
	})
	if err == nil {
		a.say("made a MAC key in %s: the approval service needs it, nobody else", path)
	}
	return key, err
}

// payMoved is the result of "approvers set".
type payMoved struct {
	URL    string     `json:"url"`
	Before string     `json:"before,omitempty"`
	Open   []logEntry `json:"open"`
}

func (r payMoved) text(w io.Writer) {
	rows(w, "service", r.URL, "before", printable(r.Before))
	if len(r.Open) > 0 {
		fmt.Fprintln(w, "tell the new service of those that are not settled yet, it has to count them as held:")
		payLog{r.Open}.text(w)
	}
}

func newPayApproversRemove(a *app, p *payFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "remove",
		Short: "Leave the card without an approval service",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withPay(c.Context(), p, func(s *paycard.Session) error {
				if err := s.RemoveService(c.Context()); err != nil {
					return err
				}
				return a.print(done{"no approval service is set; with --approval among the guards the card pays offline only"})
			})
		},
	}
}

func newPayApproversTime(a *app, p *payFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "time [KEY [KEY]]",
		Short: "Set the time authorities by their public keys, 33 bytes in hex; none removes them",
		Args:  cobra.MaximumNArgs(wire.MaxKeys),
		RunE: func(c *cobra.Command, args []string) error {
			keys, err := parseKeys(args)
			if err != nil {
				return err
			}
			return a.withPay(c.Context(), p, func(s *paycard.Session) error {
				if err := s.SetTimeAuthorities(c.Context(), keys); err != nil {
					return err
				}
				return a.print(done{fmt.Sprintf("time authorities set: %d", len(keys))})
			})
		},
	}
}

func parseKeys(list []string) ([]wire.PublicKey, error) {
	var all []byte
	for _, text := range list {
		b, err := hex.DecodeString(text)
		if err != nil || len(b) != wire.KeySize {
			return nil, usageError{errors.New("a public key is compressed, 33 bytes, 66 hexadecimal digits")}
		}
		all = append(all, b...)
	}
	keys, err := wire.ParseKeys(all)
	if err != nil {
		return nil, usageError{err}
	}
	return keys, nil
}

func hexKeys(keys []wire.PublicKey) []string {
	list := []string{}
	for _, k := range keys {
		list = append(list, hex.EncodeToString(k[:]))
	}
	return list
}
