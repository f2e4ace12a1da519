package eth_test

import (
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/crypto"

	"tapcard.example/chain/eth"
)

// The example of EIP-712; the key is the Keccak-256 of "cow".
func readMail(t testing.TB) string {
	t.Helper()
	raw, err := os.ReadFile("testdata/summaries/typed_mail.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

const mailDigest = "be609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2"

func TestTheExampleOfEIP712(t *testing.T) {
	d, err := eth.ParseTypedData([]byte(readMail(t)))
	if err != nil {
		t.Fatal(err)
	}
	if digest := d.Digest(); hex.EncodeToString(digest[:]) != mailDigest {
		t.Errorf("digest %x", digest)
	}
	s, _ := newSigner(t, keyFromHex(t, hex.EncodeToString(crypto.Keccak256([]byte("cow")))))
	signed, err := eth.SignTypedData(t.Context(), s, path(t), d)
	if err != nil {
		t.Fatal(err)
	}
	if signed.From.String() != "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826" {
		t.Errorf("from %v", signed.From)
	}
	checkRecovers(t, signed)
}

// checkRecovers recovers the signer as a contract would: from r, s and v.
func checkRecovers(t *testing.T, signed *eth.SignedText) {
	t.Helper()
	sig := append([]byte(nil), signed.Signature...)
	if len(sig) != 65 || sig[64] != 27 && sig[64] != 28 {
		t.Fatalf("signature %x", sig)
	}
	sig[64] -= 27
	pub, err := crypto.SigToPub(signed.Digest[:], sig)
	if err != nil || crypto.PubkeyToAddress(*pub) != signed.From {
		t.Errorf("recovered %v, %v", pub, err)
	}
}

func TestTheDomainTypeFollowsFromTheDomainWhenItIsNotDeclared(t *testing.T) {
	mail := readMail(t)
	start, end := strings.Index(mail, `"EIP712Domain"`), strings.Index(mail, `"Person": [`)
	d, err := eth.ParseTypedData([]byte(mail[:start] + mail[end:]))
	if err != nil {
		t.Fatal(err)
	}
	if digest := d.Digest(); hex.EncodeToString(digest[:]) != mailDigest {
		t.Errorf("digest %x", digest)
	}
}

func TestIntegersReachBothEndsOfTheirTypes(t *testing.T) {
	for typ, values := range map[string][]string{
		"int8": {"-128", "127", `"-128"`, `"0x7f"`}, "uint8": {"0", "255", `"0xff"`},
		"int256": {"-57896044618658097711785492504343953926634992332820282019728792003956564819968"},
	} {
		for _, value := range values {
			if _, err := eth.ParseTypedData([]byte(typed(field(typ), `{"a":`+value+`}`))); err != nil {
				t.Errorf("%s of %s: %v", typ, value, err)
			}
		}
	}
}

// TestTheLargestTypedDataTakesBoundedTime has as many types, fields and structures as the bounds allow: about a second.
func TestTheLargestTypedDataTakesBoundedTime(t *testing.T) {
	start := time.Now()
	d, err := eth.ParseTypedData(largestTypedData())
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
	if n := len(d.Summary([20]byte{}).Lines); n < 2000 {
		t.Errorf("the document has %d values, not as many as it could have", n)
	}
}

// largestTypedData has 31 types, each with an array of the next, and as many structures of the second as fit.
func largestTypedData() []byte {
	const depth, structures = 31, 1360
	var types []string
	for i := range depth {
		next := fmt.Sprintf("T%d[]", i+1)
		if i == depth-1 {
			next = "bool[]"
		}
		fields := fmt.Sprintf(`{"name":"a","type":"bool"},{"name":"n","type":"%s"}`, next)
		for j := 2; j < 8 && i > 1; j++ {
			fields += fmt.Sprintf(`,{"name":"f%d","type":"uint256"}`, j)
		}
		types = append(types, fmt.Sprintf(`"T%d":[%s]`, i, fields))
	}
	value := `{"a":true,"n":[]}`
	return []byte(`{"types":{` + strings.Join(types, ",") + `},"primaryType":"T0","domain":{"name":"x"},` +
		`"message":{"a":true,"n":[` + value + strings.Repeat(","+value, structures-1) + `]}}`)
}
