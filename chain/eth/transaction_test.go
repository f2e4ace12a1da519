package eth_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/rlp"

	"tapcard.example/card"
	"tapcard.example/chain/eth"
	"tapcard.example/signer"
)

// The example of EIP-155.
const (
	eip155Key      = "4646464646464646464646464646464646464646464646464646464646464646"
	eip155Unsigned = "0xec098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080018080"
	eip155Digest   = "daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53"
	eip155Signed   = "0xf86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a0" +
		"28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800ccf555c9f3dc" +
		"64214b297fb1966a3b6d83"
	eip155JSON = `{"chainId":1,"nonce":9,"gasPrice":"20000000000","gas":"0x5208",` +
		`"to":"0x3535353535353535353535353535353535353535","value":"1000000000000000000","data":"0x"}`
)

func TestTheExampleOfEIP155IsSignedByteForByte(t *testing.T) {
	for _, form := range []string{eip155Unsigned, eip155JSON} {
		tx, err := eth.ParseTransaction([]byte(form))
		if err != nil {
			t.Fatal(err)
		}
		if digest := tx.Digest(); hex.EncodeToString(digest[:]) != eip155Digest {
			t.Errorf("digest %x", digest)
		}
		s, _ := newSigner(t, keyFromHex(t, eip155Key))
		signed, err := eth.SignTransaction(t.Context(), s, path(t), tx)
		if err != nil {
			t.Fatal(err)
		}
		if signed.Raw.String() != eip155Signed {
			t.Errorf("signed %v", signed.Raw)
		}
	}
}

// sample is a transaction of every type that can be signed.
func samples() []types.TxData {
	to := common.HexToAddress(checksummed[0])
	list := types.AccessList{{Address: to, StorageKeys: []common.Hash{{1}, {2}}}}
	id, price := big.NewInt(11155111), big.NewInt(3e9)
	return []types.TxData{
		&types.LegacyTx{Nonce: 1, GasPrice: price, Gas: 21000, To: &to, Value: big.NewInt(5)},
		&types.LegacyTx{Nonce: 1, GasPrice: price, Gas: 100000, Value: new(big.Int), Data: []byte{0x60, 0}},
		&types.AccessListTx{ChainID: id, GasPrice: price, Gas: 50000, To: &to, Value: new(big.Int), AccessList: list},
		&types.DynamicFeeTx{ChainID: id, Nonce: 7, GasTipCap: big.NewInt(1e9), GasFeeCap: price, Gas: 60000, To: &to,
			Value: big.NewInt(1), Data: []byte{1, 2, 3, 4, 5}, AccessList: list},
	}
}

func TestSignedTransactionsAreWhatGethSigns(t *testing.T) {
	key, err := crypto.HexToECDSA(anvilKey)
	if err != nil {
		t.Fatal(err)
	}
	id := big.NewInt(11155111)
	for _, inner := range samples() {
		want := types.MustSignNewTx(key, types.LatestSignerForChainID(id), inner)
		tx, err := eth.NewTransaction(types.NewTx(inner), id, nil)
		if err != nil {
			t.Fatal(err)
		}
		s, _ := newSigner(t, keyFromHex(t, anvilKey))
		signed, err := eth.SignTransaction(t.Context(), s, path(t), tx)
		if err != nil {
			t.Fatal(err)
		}
		raw, _ := want.MarshalBinary()
		if !bytes.Equal(signed.Raw, raw) || signed.Hash != want.Hash() || signed.From.String() != anvilAccount {
			t.Errorf("type %d: %v\nwant %x", want.Type(), signed, raw)
		}
	}
}

// unsignedRLP is the encoding that is hashed, built here from the lists in EIP-155, EIP-2930 and EIP-1559.
func unsignedRLP(t *testing.T, tx *types.Transaction, id *big.Int) []byte {
	t.Helper()
	var to any = []byte{}
	if tx.To() != nil {
		to = tx.To()
	}
	var fields []any
	switch tx.Type() {
	case types.LegacyTxType:
		fields = []any{tx.Nonce(), tx.GasPrice(), tx.Gas(), to, tx.Value(), tx.Data(), id, uint(0), uint(0)}
	case types.AccessListTxType:
		fields = []any{id, tx.Nonce(), tx.GasPrice(), tx.Gas(), to, tx.Value(), tx.Data(), tx.AccessList()}
	default:
		fields = []any{id, tx.Nonce(), tx.GasTipCap(), tx.GasFeeCap(), tx.Gas(), to, tx.Value(), tx.Data(),
			tx.AccessList()}
	}
	raw, err := rlp.EncodeToBytes(fields)
	if err != nil {
		t.Fatal(err)
	}
	if tx.Type() != types.LegacyTxType {
		raw = append([]byte{tx.Type()}, raw...)
	}
	return raw
}

func TestUnsignedRLPIsReadAndItsHashIsTheDigest(t *testing.T) {
	id := big.NewInt(11155111)
	for _, inner := range samples() {
		raw := unsignedRLP(t, types.NewTx(inner), id)
		tx, err := eth.ParseTransactionRLP(raw)
		if err != nil {
			t.Fatalf("%x: %v", raw, err)
		}
		if tx.Digest() != [32]byte(crypto.Keccak256(raw)) || tx.ChainID().Cmp(id) != 0 {
			t.Errorf("%x: digest %x", raw, tx.Digest())
		}
		for n := range raw {
			if _, err := eth.ParseTransactionRLP(raw[:n]); err == nil {
				t.Errorf("%x was accepted after %d of %d bytes", raw[:n], n, len(raw))
			}
		}
		if _, err := eth.ParseTransactionRLP(append(raw, 0)); err == nil {
			t.Errorf("%x with a byte more was accepted", raw)
		}
	}
}

func TestTheFieldsOfCastEthersAndViemMeanTheSame(t *testing.T) {
	const to = `"to":"0x3535353535353535353535353535353535353535"`
	forms := []string{
		`{"type":"0x2","chainId":"0x1","nonce":"0x9","gas":"0x5208","maxFeePerGas":"0x3","maxPriorityFeePerGas":"0x1",` +
			`"value":"0x5","input":"0x1234","accessList":[],` + to + `}`, // cast
		`{"type":2,"chainId":1,"nonce":9,"gasLimit":"21000","maxFeePerGas":"3","maxPriorityFeePerGas":"1","value":"5",` +
			`"data":"0x1234","gasPrice":null,"accessList":null,"blobVersionedHashes":null,"from":null,` + to + `}`, // ethers
		`{"type":"eip1559","chainId":1,"nonce":9,"gas":21000,"maxFeePerGas":3,"maxPriorityFeePerGas":1,"value":5,` +
			`"data":"0x1234","input":"0x1234",` + to + `}`, // viem
	}
	var first [32]byte
	for i, form := range forms {
		tx, err := eth.ParseTransaction([]byte(form))
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = tx.Digest()
		} else if tx.Digest() != first {
			t.Errorf("%s\nhas another digest than\n%s", form, forms[0])
		}
	}
}

func TestATransactionFromAnotherAccountIsNotEvenShown(t *testing.T) {
	form := strings.Replace(eip155JSON, "{", fmt.Sprintf(`{"from":%q,`, checksummed[1]), 1)
	tx, err := eth.ParseTransaction([]byte(form))
	if err != nil {
		t.Fatal(err)
	}
	s, f := newSigner(t, keyFromHex(t, anvilKey))
	s.Approve = nil
	_, err = eth.SignTransaction(t.Context(), s, path(t), tx)
	if !errors.Is(err, card.ErrCardMismatch) || !strings.Contains(err.Error(), checksummed[1]) || f.sigs != 0 {
		t.Errorf("%v after %d signatures", err, f.sigs)
	}
}

func TestAttachRefusesASignatureThatANodeWouldReadDifferently(t *testing.T) {
	tx, err := eth.ParseTransaction([]byte(eip155JSON))
	if err != nil {
		t.Fatal(err)
	}
	key := keyFromHex(t, eip155Key)
	from := eth.Address(publicKey(key))
	spoils := map[string]func(*signer.Signature){
		"wrong recovery id": func(s *signer.Signature) { s.V ^= 1 },
		"recovery id 2":     func(s *signer.Signature) { s.V = 2 },
		"flipped s":         func(s *signer.Signature) { s.S[31] ^= 1 },
		"zero r":            func(s *signer.Signature) { s.R = [32]byte{} },
		"high s":            func(s *signer.Signature) { s.S[0] |= 0x80 },
	}
	for name, spoil := range spoils {
		sig := sign(key, tx.Digest())
		spoil(&sig)
		if signed, err := tx.Attach(sig, from); signed != nil || !errors.Is(err, card.ErrBadSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
	other := eth.Address(publicKey(keyFromHex(t, anvilKey)))
	if _, err := tx.Attach(sign(key, tx.Digest()), other); !errors.Is(err, card.ErrBadSignature) {
		t.Errorf("another sender: %v", err)
	}
}

func TestAlreadySignedOrMismatchedTransactionsAreRefusedAsValues(t *testing.T) {
	tx := new(types.Transaction)
	if err := tx.UnmarshalBinary(unhex(t, eip155Signed)); err != nil {
		t.Fatal(err)
	}
	if _, err := eth.NewTransaction(tx, big.NewInt(1), nil); !errors.Is(err, eth.ErrTransaction) {
		t.Errorf("signed: %v", err)
	}
	dynamic := types.NewTx(samples()[3])
	if _, err := eth.NewTransaction(dynamic, big.NewInt(1), nil); !errors.Is(err, eth.ErrTransaction) {
		t.Errorf("two chain ids: %v", err)
	}
	if _, err := eth.NewTransaction(dynamic, nil, nil); !errors.Is(err, eth.ErrTransaction) {
		t.Errorf("no chain id: %v", err)
	}
	setCode := types.NewTx(&types.SetCodeTx{})
	if _, err := eth.NewTransaction(setCode, big.NewInt(1), nil); !errors.Is(err, eth.ErrSetCode) {
		t.Errorf("set code: %v", err)
	}
}
