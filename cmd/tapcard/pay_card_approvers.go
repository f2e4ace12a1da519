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

	"tapcard.example/internal/cli"
	"tapcard.example/paycard"
	paywire "tapcard.example/paycard/wire"
	"tapcard.example/secret"
)

const payApproversLong = `The approval service says yes or no to each payment, and the card believes its one or two keys. It shares a key
of 32 bytes with the card, under which the card seals what only the service may read; --mac-file names it, in hex, and
is written with a new random one if there is no such file. Give that file to the service and to nobody else.

Time authorities are keys whose time the card believes, 0 to 2.`

func newPayApprovers(a *app, f *payFlags) *cobra.Command {
	c := &cobra.Command{Use: "approvers", Short: "Say who approves payments, and whose time counts", Long: payApproversLong}
	c.AddCommand(newPayApproversShow(a, f), newPayApproversSet(a, f), newPayApproversMove(a, f), newPayApproversRemove(a, f),
		newPayTime(a, f))
	return c
}

func newPayApproversShow(a *app, f *payFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "show",
		Short: "Show approval service and time authorities",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withPayCard(c.Context(), f, func(s *paycard.Session) error { return a.printApprovers(c.Context(), s) })
		},
	}
}

// serviceFlags name an approval service.
type serviceFlags struct {
	url, macFile string
	keys         []string
}

func (f *serviceFlags) register(c *cobra.Command) {
	v := c.Flags()
	v.StringVar(&f.url, "url", "", "`URL` of the service, https, or http on this machine")
	v.StringSliceVar(&f.keys, "key", nil, "public `KEY` of the service, 33 bytes in hex; a second one is for changing keys")
	v.StringVar(&f.macFile, "mac-file", "", "`FILE` with the key that card and service share")
	for _, name := range []string{"url", "key", "mac-file"} {
		c.MarkFlagRequired(name)
	}
}

// service reads what the flags name. A new key is on the disk before the card gets it.
func (a *app) service(ctx context.Context, f serviceFlags) (paywire.Service, error) {
	keys, err := parsePayKeys(f.keys)
	if err != nil {
		return paywire.Service{}, err
	}
	if len(keys) == 0 || len(keys) > paywire.MaxKeys {
		return paywire.Service{}, cli.UsageError{Err: errors.New("an approval service has one key, or two")}
	}
	mac, err := a.macKey(ctx, f.macFile)
	return paywire.Service{URL: f.url, Keys: keys, MAC: mac}, err
}

func (a *app) macKey(ctx context.Context, file string) (secret.Bytes, error) {
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) || file == "-" {
		return a.askKey(ctx, file, "key")
	}
	mac, err := paycard.Options{}.NewMACKey()
	if err != nil {
		return mac, err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return mac, err
	}
	mac.Reveal(func(b []byte) {
		line := append(hex.AppendEncode(nil, b), '\n')
		defer clear(line)
		_, err = f.Write(line)
	})
	err = errors.Join(err, f.Sync(), f.Close())
	a.Say("%s holds a new key: give it to the approval service, and to nobody else", file)
	return mac, err
}

func newPayApproversSet(a *app, f *payFlags) *cobra.Command {
	var next serviceFlags
	c := &cobra.Command{
		Use:   "set",
		Short: "Give the card its first approval service",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withPayCard(c.Context(), f, func(s *paycard.Session) error {
				now, err := s.Service(c.Context())
				if err != nil {
					return err
				}
				if now.URL != "" && now.URL != next.url {
					return cli.Hint(fmt.Errorf("the card has an approval service: %s", cli.Printable(now.URL)),
						`"tapcard pay-card approvers move" goes over to another one`)
				}
				service, err := a.service(c.Context(), next)
				if err != nil {
					return err
				}
				defer service.MAC.Destroy()
				if err := s.SetService(c.Context(), service); err != nil {
					return err
				}
				return a.printApprovers(c.Context(), s)
			})
		},
	}
	next.register(c)
	return c
}

const payMoveLong = `Go over to another approval service, in one step: URL, keys and shared key change together, and from then on the card
refuses what the old service signs.

The card's last signatures are shown. The new service has to count those that are not settled yet as held, or the limits
would start anew: give it this list (--json). Then tell the old service that the card has left.`

func newPayApproversMove(a *app, f *payFlags) *cobra.Command {
	var next serviceFlags
	c := &cobra.Command{
		Use:   "move",
		Short: "Go over to another approval service",
		Long:  payMoveLong,
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withPayCard(c.Context(), f, func(s *paycard.Session) error {
				now, err := s.Service(c.Context())
				if err != nil {
					return err
				}
				question := fmt.Sprintf("Have payments approved by %s from now on, and not by %q any more?", next.url, now.URL)
				if err := a.confirm(c.Context(), question); err != nil {
					return err
				}
				service, err := a.service(c.Context(), next)
				if err != nil {
					return err
				}
				defer service.MAC.Destroy()
				moved, err := s.Move(c.Context(), service)
				if err != nil {
					return err
				}
				return a.Print(payMoved{moved.Before.URL, next.url, newPayLogResult(moved.Open)})
			})
		},
	}
	next.register(c)
	return c
}

// payMoved is the result of "approvers move".
type payMoved struct {
	Before string `json:"before"`
	Now    string `json:"now"`
	Log    payLog `json:"signatures"`
}

// Text prints it for people.
func (m payMoved) Text(w io.Writer) {
	cli.Rows(w, "approved by", cli.Printable(m.Now), "before", cli.Printable(m.Before))
	m.Log.Text(w)
}

func newPayApproversRemove(a *app, f *payFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "remove",
		Short: "Leave the card without an approval service: it then pays from its offline allowance only, or nothing",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withPayCard(c.Context(), f, func(s *paycard.Session) error {
				if err := s.RemoveService(c.Context()); err != nil {
					return err
				}
				return a.printApprovers(c.Context(), s)
			})
		},
	}
}

func newPayTime(a *app, f *payFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "time KEY [KEY]|none",
		Short: "Say whose time the card believes",
		Args:  cobra.RangeArgs(1, paywire.MaxKeys),
		RunE: func(c *cobra.Command, args []string) error {
			if args[0] == noLimit {
				args = args[1:]
			}
			keys, err := parsePayKeys(args)
			if err != nil {
				return err
			}
			return a.withPayCard(c.Context(), f, func(s *paycard.Session) error {
				if err := s.SetTimeAuthorities(c.Context(), keys); err != nil {
					return err
				}
				return a.printApprovers(c.Context(), s)
			})
		},
	}
}

// payApprovers is the result of the commands about approvers.
type payApprovers struct {
	URL  string   `json:"url"`
	Keys []string `json:"keys"`
	Time []string `json:"time_authorities"`
}

func readPayApprovers(ctx context.Context, s *paycard.Session) (payApprovers, error) {
	service, err := s.Service(ctx)
	if err != nil {
		return payApprovers{}, err
	}
	authorities, err := s.TimeAuthorities(ctx)
	return payApprovers{service.URL, keyTexts(service.Keys), keyTexts(authorities)}, err
}

func (a *app) printApprovers(ctx context.Context, s *paycard.Session) error {
	r, err := readPayApprovers(ctx, s)
	if err != nil {
		return err
	}
	return a.Print(r)
}

// Text prints it for people.
func (p payApprovers) Text(w io.Writer) {
	url := cli.Printable(p.URL)
	if url == "" {
		url = "nobody"
	}
	cli.Rows(w, "approved by", url)
	for _, k := range p.Keys {
		cli.Rows(w, "  with the key", k)
	}
	for _, k := range p.Time {
		cli.Rows(w, "time by", k)
	}
}
