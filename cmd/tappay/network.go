package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"tapcard.example/chain/eth"
	"tapcard.example/internal/cli"
	"tapcard.example/internal/privatefile"
	"tapcard.example/pay/vault"
	"tapcard.example/paycard"
)

// maxNetwork bounds the file of a network, in bytes.
const maxNetwork = 4096

// network is what later commands need to know of a deployment; it is kept in network.json.
type network struct {
	RPC   string         `json:"rpc"`
	Chain uint64         `json:"chain_id"`
	Vault common.Address `json:"vault"`
	Token common.Address `json:"token"`
}

// Text prints it.
func (n network) Text(w io.Writer) {
	cli.Rows(w, "node", shownURL(n.RPC), "chain", fmt.Sprint(n.Chain), "vault", n.Vault.Hex(), "token", n.Token.Hex())
}

func newUse(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "use",
		Short: "Remember a node and a vault, so that later commands need not name them",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			v, err := a.openVault(c.Context())
			if err != nil {
				return err
			}
			return a.remember(v)
		},
	}
}

// remember keeps a vault as the one that is meant, and prints it.
func (a *app) remember(v *vault.Vault) error {
	known, err := a.network()
	if err != nil {
		return err
	}
	n := network{known.RPC, v.ID, v.Address, v.Params.Token}
	if a.rpc != "" {
		n.RPC = a.rpc
	}
	text, err := json.MarshalIndent(n, "", "  ")
	if err != nil {
		return err
	}
	path, err := a.networkFile()
	if err == nil {
		err = privatefile.Update(path, maxNetwork, func([]byte) ([]byte, error) { return append(text, '\n'), nil })
	}
	if err != nil {
		return err
	}
	n.RPC = shownURL(n.RPC)
	return a.Print(n)
}

// shownURL is a node's URL without what may be a password or a provider's key: scheme and host.
func shownURL(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return "..."
	}
	shown := u.Scheme + "://" + u.Host
	if shown != raw {
		shown += "/..."
	}
	return cli.Printable(shown)
}

// withoutURL is an error whose text does not show the node's URL in full.
type withoutURL struct {
	error
	url string
}

// Error hides the URL.
func (e withoutURL) Error() string {
	return strings.ReplaceAll(e.error.Error(), e.url, shownURL(e.url))
}

// Unwrap returns the error.
func (e withoutURL) Unwrap() error { return e.error }

// hideURL hides the URL of a request that failed.
func hideURL(err error) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		return withoutURL{err, failed.URL}
	}
	return err
}

func (a *app) networkFile() (string, error) {
	dir, err := a.dir()
	return filepath.Join(dir, "network.json"), err
}

// network is what is remembered; nothing is no error.
func (a *app) network() (n network, err error) {
	path, err := a.networkFile()
	if err != nil {
		return n, err
	}
	text, err := privatefile.Read(path, maxNetwork)
	if errors.Is(err, fs.ErrNotExist) {
		return n, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &n)
	}
	if err != nil {
		return n, fmt.Errorf("%s: %w", path, err)
	}
	return n, nil
}

// openChain connects to the node.
func (a *app) openChain(ctx context.Context) (*vault.Chain, error) {
	node := a.rpc
	if node == "" {
		known, err := a.network()
		if err != nil {
			return nil, err
		}
		node = known.RPC
	}
	if node == "" {
		return nil, cli.Hinted{Err: cli.Usage("which node?"), Hint: `--rpc URL names it, "tappay deploy" and "tappay use" remember it`}
	}
	c, err := vault.Dial(ctx, node)
	if err == nil {
		a.atEnd(c)
	}
	return c, err
}

// openVault connects to the vault that is named or remembered.
func (a *app) openVault(ctx context.Context) (*vault.Vault, error) {
	known, err := a.network()
	if err != nil {
		return nil, err
	}
	at := known.Vault
	if a.vault != "" {
		if at, err = address("vault", a.vault); err != nil {
			return nil, err
		}
	}
	if at == (common.Address{}) {
		return nil, cli.Hinted{Err: cli.Usage("which vault?"), Hint: `--vault ADDRESS names it, "tappay deploy" and "tappay use" remember it`}
	}
	c, err := a.openChain(ctx)
	if err != nil {
		return nil, err
	}
	if a.vault == "" && a.rpc == "" && known.Chain != c.ID {
		return nil, fmt.Errorf("the node is on chain %d, and the vault on chain %d", c.ID, known.Chain)
	}
	return c.Vault(ctx, at)
}

// address reads an address whose checksum must be right if it has one.
func address(flag, text string) (common.Address, error) {
	if text == "" {
		return common.Address{}, cli.Usage("--%s ADDRESS is needed", flag)
	}
	a, err := eth.ParseAddress(text)
	if err != nil {
		return a, cli.UsageError{Err: fmt.Errorf("--%s: %w", flag, err)}
	}
	return a, nil
}

// amount reads an amount of the token into 1e-6 token.
func amount(flag, text string) (uint64, error) {
	n, err := paycard.ParseAmount(text)
	if err != nil {
		return 0, cli.UsageError{Err: fmt.Errorf("--%s %q: %w", flag, cli.Printable(text), err)}
	}
	return n, nil
}
