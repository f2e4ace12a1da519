package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"tapcard.example/chain/eth"
	"tapcard.example/hd"
	"tapcard.example/internal/cli"
	"tapcard.example/signer"
)

const ethLong = `Sign for Ethereum with a Keycard or a TAPSIGNER. What is signed is shown in words and approved before the card sees a digest. The first
time a path is used its address is shown and, once you say yes, remembered: a signature by any other key is refused.`

// ethFlags are the flags of the commands about Ethereum.
type ethFlags struct {
	walletFlags
	path string
}

func newEth(a *app) *cobra.Command {
	c := &cobra.Command{Use: "eth", Short: "Ethereum: addresses, transactions, messages, typed data", Long: ethLong}
	f := &ethFlags{}
	f.register(c)
	c.PersistentFlags().StringVar(&f.path, "path", eth.DefaultPath, "sign with the key at `PATH`")
	c.AddCommand(newEthAddress(a, f), newEthSignTx(a, f), newEthSignMessage(a, f), newEthSignTypedData(a, f))
	return c
}

// signing opens the card and hands a signer with everything that asks the user to sign.
func (a *app) signing(ctx context.Context, f *ethFlags, sign func(*signer.Signer, hd.Path) (cli.Result, error)) error {
	path, err := parsePath(f.path)
	if err != nil {
		return err
	}
	w, err := a.openWallet(ctx, &f.walletFlags, path)
	if err != nil {
		return err
	}
	r, err := sign(w.Signer, path)
	if err != nil {
		return err
	}
	return a.Print(r)
}

// approve shows what is signed and asks. With --yes it is shown all the same.
func (a *app) approve(ctx context.Context, s signer.Summary) error {
	a.Say("%s", s.String())
	return a.confirm(ctx, "Sign this?")
}

// confirmKey shows an address that is used for the first time and asks.
func (a *app) confirmKey(ctx context.Context, k signer.NewKey) error {
	a.Say("first use of %v on %v: address %s", k.Path, k.Card, k.Address)
	return a.confirm(ctx, "Is this your address, to be remembered for this card and path?")
}

func newEthAddress(a *app, f *ethFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "address",
		Short: "Show the address at a path, and remember it",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.signing(c.Context(), f, func(s *signer.Signer, path hd.Path) (cli.Result, error) {
				address, err := eth.Account(c.Context(), s, path)
				return addressResult{address.Hex(), path.String()}, err
			})
		},
	}
}

// addressResult is the result of "eth address".
type addressResult struct {
	Address string `json:"address"`
	Path    string `json:"path"`
}

// Text prints it for people.
func (r addressResult) Text(w io.Writer) { cli.Rows(w, "address", r.Address, "path", r.Path) }

const signTxLong = `Sign a transaction: legacy, EIP-2930 or EIP-1559, as JSON with the fields of eth_sendTransaction, or as unsigned RLP in hex.
All of chainId, nonce, gas and fees must be there. The result is what eth_sendRawTransaction takes.`

func newEthSignTx(a *app, f *ethFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "sign-tx FILE",
		Short: `Sign a transaction ("-": standard input)`,
		Long:  signTxLong,
		Example: `  echo '{"chainId":1,"nonce":0,"gas":21000,"maxFeePerGas":"20000000000","maxPriorityFeePerGas":"1000000000",
    "to":"0x70997970C51812dc3A010C7d01b50e0d17dc79C8","value":"1000000000000000"}' | tapcard eth sign-tx -`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			raw, err := a.readInput(c.Context(), args[0])
			if err != nil {
				return err
			}
			tx, err := eth.ParseTransaction(raw)
			if err != nil {
				return cli.UsageError{Err: err}
			}
			return a.signing(c.Context(), f, func(s *signer.Signer, path hd.Path) (cli.Result, error) {
				signed, err := eth.SignTransaction(c.Context(), s, path, tx)
				if err != nil {
					return nil, err
				}
				return signedTx{signed.From.Hex(), signed.Hash.Hex(), signed.Raw.String()}, nil
			})
		},
	}
}

// signedTx is the result of "eth sign-tx".
type signedTx struct {
	From string `json:"from"`
	Hash string `json:"hash"`
	Raw  string `json:"raw"`
}

// Text prints it for people.
func (r signedTx) Text(w io.Writer) { cli.Rows(w, "from", r.From, "hash", r.Hash, "raw", r.Raw) }

func newEthSignMessage(a *app, f *ethFlags) *cobra.Command {
	var isHex bool
	c := &cobra.Command{
		Use:   "sign-message FILE",
		Short: `Sign a message, EIP-191 ("-": standard input)`,
		Long:  "Sign the bytes of a file as a message (EIP-191, personal_sign). With --hex the file holds them in hexadecimal.",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			raw, err := a.readInput(c.Context(), args[0])
			if err != nil {
				return err
			}
			parse := eth.NewMessage
			if isHex {
				parse = func(b []byte) (*eth.Message, error) { return eth.ParseMessageHex(string(b)) }
			}
			m, err := parse(raw)
			if err != nil {
				return cli.UsageError{Err: err}
			}
			return a.signing(c.Context(), f, func(s *signer.Signer, path hd.Path) (cli.Result, error) {
				signed, err := eth.SignMessage(c.Context(), s, path, m)
				return newSignedText(signed), err
			})
		},
	}
	c.Flags().BoolVar(&isHex, "hex", false, "the message is given in hexadecimal")
	return c
}

func newEthSignTypedData(a *app, f *ethFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "sign-typed-data FILE",
		Short: `Sign typed data, EIP-712, as JSON ("-": standard input)`,
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			raw, err := a.readInput(c.Context(), args[0])
			if err != nil {
				return err
			}
			data, err := eth.ParseTypedData(raw)
			if err != nil {
				return cli.UsageError{Err: err}
			}
			return a.signing(c.Context(), f, func(s *signer.Signer, path hd.Path) (cli.Result, error) {
				signed, err := eth.SignTypedData(c.Context(), s, path, data)
				return newSignedText(signed), err
			})
		},
	}
}

// signedText is the result of "eth sign-message" and "eth sign-typed-data".
type signedText struct {
	From      string `json:"from"`
	Digest    string `json:"digest"`
	Signature string `json:"signature"`
}

func newSignedText(s *eth.SignedText) signedText {
	if s == nil {
		return signedText{}
	}
	return signedText{s.From.Hex(), s.Digest.Hex(), s.Signature.String()}
}

// Text prints it for people.
func (r signedText) Text(w io.Writer) {
	cli.Rows(w, "from", r.From, "digest", r.Digest, "signature", r.Signature)
}

// maxInput bounds what is read to be signed: 1 MiB.
const maxInput = 1 << 20

// readInput reads a file, or standard input for "-".
func (a *app) readInput(ctx context.Context, name string) ([]byte, error) {
	if name == "-" {
		if a.stdinUsed {
			return nil, cli.UsageError{Err: errTwice}
		}
		a.stdinUsed = true
		return interruptible(ctx, func() ([]byte, error) { return readBounded(a.in) })
	}
	return interruptible(ctx, func() ([]byte, error) {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return readBounded(f)
	})
}

func readBounded(in io.Reader) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(in, maxInput+1))
	if err == nil && len(b) > maxInput {
		err = cli.UsageError{Err: fmt.Errorf("more than %d bytes", maxInput)}
	}
	return b, err
}
