package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"tapcard.example/internal/cli"
	"tapcard.example/internal/matrix"
)

// insert puts the card into the reader with "tapcard virtual insert", until the returned function takes it out.
func (s *shop) insert() (out func()) {
	s.Helper()
	cmd := exec.Command(filepath.Join(s.bin, "tapcard"), "virtual", "insert", "p.card")
	cmd.Dir = s.dir
	if err := cmd.Start(); err != nil {
		s.Fatal(err)
	}
	return func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()          // its exit code is the one of an interruption
		time.Sleep(time.Second) // pcscd looks at a slot every 0.4 s, and must see that it is empty
	}
}

func TestACardInAReaderPaysAMerchantOnANode(t *testing.T) {
	if os.Getenv("TAPCARD_PCSCD") == "" {
		t.Skip("needs a private reader: run it through scripts/in-reader")
	}
	s := newShop(t)
	s.card = nil
	taken := s.insert()
	s.paysUnderItsGuards(t)
	taken()
	s.card = []string{"--card", "p.card"} // out of the reader it is the same card
	s.owner("switch", "off")
	s.card = nil
	defer s.insert()()
	s.refuses(cli.ExitRefused, "switched off", "1")
	matrix.Shows(t, "Cards and chains", "payment card", "Ethereum: vault")
}
