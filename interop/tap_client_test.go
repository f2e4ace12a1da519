package interop

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"tapcard.example/cktap/wire"
	"tapcard.example/internal/matrix"
)

// tapClient is the name of the maker's library in records and in the matrix.
const tapClient = "coinkite-tap-protocol"

// tapPlan is what the driver of a tap card is told.
type tapPlan struct {
	CVC      string `json:"cvc"`
	NewCVC   string `json:"newCVC"`
	NewerCVC string `json:"newerCVC"`
	Root     string `json:"root"`
	Entropy  string `json:"entropy"`
}

const tapNewCVC, tapNewerCVC = "271828182845", "3141592653"

func (c *tapCard) plan() tapPlan {
	entropy := sha256.Sum256([]byte("entropy of the owner"))
	return tapPlan{text(c.CVC), tapNewCVC, tapNewerCVC, hex.EncodeToString(c.root[:]), hex.EncodeToString(entropy[:])}
}

// needTapClient skips where the library could not be installed.
func needTapClient(t *testing.T) (bin string) {
	t.Helper()
	needReader(t)
	bin, err := filepath.Abs(filepath.Join(cacheDir(), "interop", "tap-venv", "bin"))
	if err == nil {
		_, err = os.Stat(filepath.Join(bin, "cktap"))
	}
	if err != nil {
		matrix.Absent(t, tapTable, tapClient)
		t.Skipf("%s did not run: scripts/setup-interop.sh has not made its environment: %v", tapClient, err)
	}
	return bin
}

func TestTheMakersLibraryUsesASatscardToItsLastSlot(t *testing.T) {
	bin := needTapClient(t)
	for _, kind := range tapKinds(wire.Satscard) {
		t.Run(kind.String(), func(t *testing.T) {
			c := insertTap(t, tapClient, kind)
			s := newTapSteps(t, drive[tapStep](t, c.plan(), filepath.Join(bin, "python"), "tap/satscard.py"))
			judgeSatscard(s, c, kind)
			c.require(t, wire.Satscard)
		})
	}
}

func judgeSatscard(s *tapSteps, c *tapCard, kind tapKind) {
	s.is("connect", "ident", c.Ident, "product", "SATSCARD", "firmware", kind.firmware, "testnet", networkName(c.testnet),
		"birth", strconv.Itoa(c.Birth))
	s.complains("certificate unknown", counterfeit)
	s.is("certificate", "root", "factory of this test")
	s.is("address", "address", c.Address)
	public := s.is("public key")["public"]
	s.is("link", "site", site[wire.Satscard], "state", "Sealed", "slot_num", "0", "addr", c.Address)
	s.is("usage", "0", c.Address+" sealed", "1", "None unused", "9", "None unused")
	s.refused("sign sealed", 406)
	s.wrongCodes()
	first := s.is("unseal", "slot", "0", "address", c.Address)
	s.is("private key", "private", first["private"])
	if key, err := publicKey(s.mustDecode(first["private"])); err != nil || key != public {
		s.Errorf("the key of the unsealed slot is %s, %v; before it was %s", key, err, public)
	}
	if key := s.signed("sign"); key != public {
		s.Errorf("signed by %s, not by the slot's key %s", key, public)
	}
	s.is("certificate between slots", "root", "factory of this test")
	s.is("link between slots", "state", "UNSEALED", "slot_num", "0", "addr", c.Address)
	missing := "NameError: name 'rv' is not defined" // the library's own mistake
	if kind.firmware < "1.0.3" {
		missing = "RuntimeError: can only get pubkey for current slot"
	}
	s.complains("public key of another slot", missing)
	judgeOtherSlots(s, kind)
}

func judgeOtherSlots(s *tapSteps, kind tapKind) {
	var usage []string
	var last map[string]string
	for n := 1; n < 10; n++ {
		made := s.is(fmt.Sprintf("new %d", n), "slot", strconv.Itoa(n))
		last = s.is(fmt.Sprintf("unseal %d", n), "slot", strconv.Itoa(n), "address", made["address"])
		usage = append(usage, strconv.Itoa(n), made["address"]+" UNSEALED")
	}
	active := "10"
	if kind.firmware <= "1.0.0" {
		active = "9"
	}
	s.is("used up", "active", active)
	s.is("usage in the end", usage...)
	s.is("usage by code", usage...)
	s.is("last private key", "private", last["private"])
	if key, err := publicKey(s.mustDecode(last["private"])); err != nil || key != s.signed("sign with the last") {
		s.Errorf("the last slot signed with another key than %s, %v", key, err)
	}
	if s.take("new without slots").Error == "" {
		s.Error("a slot after the last one was made")
	}
	s.is("certificate in the end", "root", "factory of this test")
	s.is("link in the end", "state", "UNSEALED", "slot_num", "9", "addr", last["address"])
}

func TestTheMakersLibraryUsesATapsignerAndASatschip(t *testing.T) {
	bin := needTapClient(t)
	for _, kind := range append(tapKinds(wire.Tapsigner), tapKinds(wire.Satschip)...) {
		t.Run(kind.String(), func(t *testing.T) {
			c := insertTap(t, tapClient, kind)
			s := newTapSteps(t, drive[tapStep](t, c.plan(), filepath.Join(bin, "python"), "tap/tapsigner.py"))
			judgeSigner(s, c, kind)
			c.require(t, kind.product)
		})
	}
}

func judgeSigner(s *tapSteps, c *tapCard, kind tapKind) {
	s.is("connect", "ident", c.Ident, "product", kind.product.String(), "firmware", kind.firmware,
		"testnet", networkName(c.testnet))
	s.complains("certificate unknown", counterfeit)
	s.is("certificate", "root", "factory of this test")
	s.is("link without key", "site", site[kind.product], "card_ident", c.Ident, "virgin", "True")
	s.complains("path without key", "RuntimeError: No private key picked yet.")
	s.refused("sign without key", 406)
	s.is("new")
	if step := s.take("new twice"); step.Code == 0 {
		s.Errorf("a second key: %q", step.Error)
	}
	account := s.is("account", "path", "m/84h/0h/0h")
	read := s.is("read")["public"]
	s.wrongCodes()
	if master := judgeCodes(s, c, kind); master != nil {
		judgeAccounts(s, c, master, account, read)
	} else {
		judgeAccountsByXPub(s, account, read)
	}
	s.is("link", "card_ident", c.Ident, "virgin", "False", "tampered", "False")
}
