package interop

import (
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/accounts"
	"github.com/ethereum/go-ethereum/accounts/scwallet"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	pcsc "github.com/gballet/go-libpcsclite"
	keycard "github.com/status-im/keycard-go"
	"github.com/status-im/keycard-go/io"
)

const firstAddress = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"

// Geth's wallet knows no INIT: keycard-go makes the card ready, and geth pairs, loads the seed and signs.
func TestGethSmartCardWalletUsesTheCard(t *testing.T) {
	needReader(t)
	for _, card := range kinds[2:] {
		t.Run(card.String(), func(t *testing.T) {
			c := insert(t, "geth-scwallet", card)
			initialise(t)
			folder := t.TempDir()
			w := openWallet(t, folder)
			want(t, w, "Empty, waiting for initialization")
			if err := w.Initialize(mustHex(seedHex)); err != nil {
				t.Fatal(err)
			}
			want(t, w, "Online")
			account := deriveFirst(t, w)
			signText(t, w, account)
			signTransaction(t, w, account)
			closeWallet(t, w)
			blockAndUnblock(t, folder)
			c.require(t, 0xA4, 0x12, 0x10, 0x11, 0xF2, 0x20, 0xD0, 0xD1, 0xC0, 0x22, 0x13)
		})
	}
}

// The status template of 2.0 announces 12 bytes and has 9. Geth refuses such a card, and so it must refuse ours.
func TestGethRefusesProfile20AsItRefusesTheRealCard(t *testing.T) {
	insert(t, "geth-scwallet", kind{profile: "2.0"})
	initialise(t)
	w := onlyWallet(t, newHub(t, t.TempDir()))
	var err error
	for range 3 { // a channel fails once in 256, see openWallet
		if err = w.Open(password); err != nil && !strings.Contains(err.Error(), "0x6982") {
			break
		}
		w = onlyWallet(t, newHub(t, t.TempDir()))
	}
	if err == nil || !strings.Contains(err.Error(), "asn1") {
		t.Errorf("got %v, want a complaint of encoding/asn1", err)
	}
	closeWallet(t, w)
}

// initialise has keycard-go give the card its codes.
func initialise(t *testing.T) {
	t.Helper()
	client, readers, err := establish()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range readers {
		card, err := client.Connect(r, pcsc.ShareShared, pcsc.ProtocolAny)
		if err != nil {
			continue
		}
		cs := keycard.NewCommandSet(io.NewNormalChannel(transmitter{card}))
		err = errors.Join(cs.Select(), cs.Init(keycard.NewSecrets(pin, puk, password)))
		if err = errors.Join(err, card.Disconnect(pcsc.ResetCard), client.ReleaseContext()); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Fatal("no card in any reader")
}

func newHub(t *testing.T, folder string) *scwallet.Hub {
	t.Helper()
	hub, err := scwallet.NewHub(pcsc.PCSCDSockName, scwallet.Scheme, folder)
	if err != nil {
		t.Fatal(err)
	}
	return hub
}

func onlyWallet(t *testing.T, hub *scwallet.Hub) *scwallet.Wallet {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if w := hub.Wallets(); len(w) == 1 {
			return w[0].(*scwallet.Wallet)
		}
	}
	t.Fatal("geth found no wallet within 10 seconds")
	return nil
}

// openWallet pairs and verifies the PIN, a wrong one first. Geth does not pad the shared secret of its channel, so that
// one channel in 256 cannot be opened; then it starts over, with the pairing it has stored.
func openWallet(t *testing.T, folder string) *scwallet.Wallet {
	t.Helper()
	w := onlyWallet(t, newHub(t, folder))
	if err := w.Open(""); !errors.Is(err, scwallet.ErrPairingPasswordNeeded) {
		t.Fatalf("opened without a pairing: %v", err)
	}
	secret := password
	for n := 1; ; n++ {
		err := w.Open(secret)
		if errors.Is(err, scwallet.ErrPINNeeded) {
			break
		}
		if n == 3 || !strings.Contains(err.Error(), "0x6982") {
			t.Fatalf("pairing: %v", err)
		}
		closeWallet(t, w)
		w, secret = onlyWallet(t, newHub(t, folder)), ""
	}
	want(t, w, "Locked, waiting for PIN (3 attempts left)")
	if err := w.Open(wrongPIN); err == nil || !strings.Contains(err.Error(), "0x63c2") {
		t.Errorf("wrong PIN: %v", err)
	}
	want(t, w, "Locked, waiting for PIN (2 attempts left)")
	if err := w.Open(pin); err != nil {
		t.Fatalf("right PIN: %v", err)
	}
	return w
}

func want(t *testing.T, w *scwallet.Wallet, status string) {
	t.Helper()
	if got, err := w.Status(); err != nil || got != status {
		t.Errorf("status %q, %v; want %q", got, err, status)
	}
}

func closeWallet(t *testing.T, w *scwallet.Wallet) {
	t.Helper()
	if err := w.Close(); err != nil {
		t.Errorf("closing: %v", err)
	}
}

// readable repeats a signature whose S is not minimal DER: the original applet writes one in some 500 that way, as does
// ours, and encoding/asn1 refuses it.
func readable[T any](t *testing.T, sign func() (T, error)) T {
	t.Helper()
	for n := 1; ; n++ {
		v, err := sign()
		if err == nil {
			return v
		}
		if n == 3 || !strings.Contains(err.Error(), "not minimally-encoded") {
			t.Fatal(err)
		}
		t.Logf("geth could not read signature %d: %v", n, err)
	}
}

func deriveFirst(t *testing.T, w *scwallet.Wallet) accounts.Account {
	t.Helper()
	path, err := accounts.ParseDerivationPath(pathFirst)
	if err != nil {
		t.Fatal(err)
	}
	account := readable(t, func() (accounts.Account, error) { return w.Derive(path, true) })
	if account.Address.Hex() != firstAddress {
		t.Errorf("geth derived %s, want %s", account.Address.Hex(), firstAddress)
	}
	return account
}

func signText(t *testing.T, w *scwallet.Wallet, account accounts.Account) {
	t.Helper()
	text := []byte("signed by a card in a reader")
	signature := readable(t, func() ([]byte, error) { return w.SignText(account, text) })
	public, err := crypto.SigToPub(accounts.TextHash(text), signature)
	if err != nil || crypto.PubkeyToAddress(*public) != account.Address {
		t.Errorf("the signed text does not lead back to %s: %v", account.Address, err)
	}
}

func signTransaction(t *testing.T, w *scwallet.Wallet, account accounts.Account) {
	t.Helper()
	chain := big.NewInt(31337)
	to := common.HexToAddress("0x70997970C51812dc3A010C7d01b50e0d17dc79C8")
	tx := types.NewTx(&types.DynamicFeeTx{ChainID: chain, Nonce: 1, GasTipCap: big.NewInt(1), GasFeeCap: big.NewInt(2e9),
		Gas: 21000, To: &to, Value: big.NewInt(1e18)})
	signed := readable(t, func() (*types.Transaction, error) { return w.SignTx(account, tx, chain) })
	sender, err := types.Sender(types.LatestSignerForChainID(chain), signed)
	if err != nil || sender != account.Address {
		t.Errorf("the transaction's sender is %s, %v", sender, err)
	}
}

// blockAndUnblock comes back with the stored pairing, uses up the PIN, unblocks with the PUK, and unpairs.
func blockAndUnblock(t *testing.T, folder string) {
	t.Helper()
	w := onlyWallet(t, newHub(t, folder))
	for n := 1; ; n++ {
		err := w.Open("")
		if errors.Is(err, scwallet.ErrPINNeeded) {
			break
		}
		if n == 3 || !strings.Contains(err.Error(), "0x6982") {
			t.Fatalf("coming back: %v", err)
		}
		w = onlyWallet(t, newHub(t, folder))
	}
	for range pinTries {
		if err := w.Open(wrongPIN); err == nil {
			t.Error("a wrong PIN was right")
		}
	}
	want(t, w, "Blocked, waiting for PUK (5 attempts left) and new PIN")
	if err := w.Open(puk + unblockedPIN); err != nil {
		t.Fatalf("unblocking: %v", err)
	}
	want(t, w, "Online")
	if err := w.Unpair([]byte(unblockedPIN)); err != nil {
		t.Errorf("unpairing: %v", err)
	}
	closeWallet(t, w)
}
