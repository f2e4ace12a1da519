package interop

import (
	"encoding/hex"

	"tapcard.example/cktap/wire"
	"tapcard.example/hd"
)

// judgeCodes judges the change of the CVC, which waits for a backup, and opens the backup with the printed key. A
// SATSCHIP has none: nil.
func judgeCodes(s *tapSteps, c *tapCard, kind tapKind) *hd.Key {
	if kind.product == wire.Satschip {
		s.is("change too early") // there is nothing to wait for
		s.refused("backup", 404)
		s.is("change")
		return nil
	}
	s.refused("change too early", 425)
	file := s.is("backup")["file"]
	s.is("change")
	master, network, path, err := openBackup(c.BackupKey, s.mustDecode(file))
	if err != nil {
		s.Fatalf("the backup: %v", err)
	}
	if path != "m/48h/1h/2h/3h/4h/5h/6h/7h" || (network == hd.Testnet) != c.testnet {
		s.Errorf("the backup says path %s, network %v", path, network)
	}
	return master
}

// judgeAccounts compares everything that the client read with what follows from the master key in the backup.
func judgeAccounts(s *tapSteps, c *tapCard, master *hd.Key, account map[string]string, read string) {
	s.Helper()
	if chain := master.ChainCode(); hex.EncodeToString(chain[:]) != c.plan().Entropy {
		s.Error("the chain code is not what the owner gave")
	}
	network := hd.Mainnet
	if c.testnet {
		network = hd.Testnet
	}
	judgeAccount(s, master, network, account, "m/84h/0h/0h")
	if want := keyAt(s, master, "m/84h/0h/0h"); read != want {
		s.Errorf("read shows the key %s, it is %s", read, want)
	}
	for name, path := range map[string]string{"sign": "m/84h/0h/0h", "sign below": "m/84h/0h/0h/0/7",
		"sign elsewhere": "m/44h/60h/0h/0/7"} {
		if key, want := s.signed(name), keyAt(s, master, path); key != want {
			s.Errorf("step %q: signed by %s, the key at %s is %s", name, key, path, want)
		}
	}
	deep := "m/48h/1h/2h/3h/4h/5h/6h/7h"
	for name, path := range map[string]string{"derive back": "m/84h/0h/0h", "derive master": "m", "derive deep": deep} {
		judgeAccount(s, master, network, s.is(name, "public", keyAt(s, master, path)), path)
	}
	s.is("read by the new code", "public", keyAt(s, master, deep))
}

// judgeAccount compares one account. Cards leave the parent's fingerprint out of their xpubs.
func judgeAccount(s *tapSteps, master *hd.Key, network hd.Network, got map[string]string, path string) {
	s.Helper()
	at, err := hd.ParsePath(path)
	if err != nil {
		s.Fatal(err)
	}
	k, err := master.Derive(at)
	if err != nil {
		s.Fatal(err)
	}
	origin := k.Origin()
	origin.Parent = [4]byte{}
	public := k.Compressed()
	x, err := hd.NewXPub(public[:], k.ChainCode(), origin)
	if err != nil {
		s.Fatal(err)
	}
	fingerprint := master.Fingerprint()
	child, err := x.Derive(hd.Path{0, 7})
	if err != nil {
		s.Fatal(err)
	}
	below := child.Compressed()
	for name, want := range map[string]string{
		"path": path, "xpub": x.Encode(network), "master": master.Neuter().Encode(network),
		"child": hex.EncodeToString(below[:]), "fingerprint": hex.EncodeToString(fingerprint[:]),
	} {
		if got[name] != want {
			s.Errorf("at %s: %s is %s, want %s", path, name, got[name], want)
		}
	}
}

// judgeAccountsByXPub judges a card whose master key nobody can know by its xpubs.
func judgeAccountsByXPub(s *tapSteps, account map[string]string, read string) {
	s.Helper()
	x, _, err := hd.ParseXPub(account["xpub"])
	if err != nil {
		s.Fatal(err)
	}
	if key := x.Compressed(); read != hex.EncodeToString(key[:]) {
		s.Errorf("read shows the key %s, the xpub has %x", read, key)
	}
	if key := s.signed("sign"); key != read {
		s.Errorf("signed by %s, not by %s", key, read)
	}
	if key := s.signed("sign below"); key != account["child"] {
		s.Errorf("signed by %s, not by %s", key, account["child"])
	}
	s.signed("sign elsewhere")
	s.is("derive back", "xpub", account["xpub"], "public", read)
	master := s.is("derive master", "xpub", account["master"])
	s.is("read by the new code", "public", s.is("derive deep", "fingerprint", master["fingerprint"])["public"])
}

// keyAt is the compressed public key at a path.
func keyAt(s *tapSteps, master *hd.Key, path string) string {
	s.Helper()
	at, err := hd.ParsePath(path)
	if err != nil {
		s.Fatal(err)
	}
	k, err := master.Derive(at)
	if err != nil {
		s.Fatal(err)
	}
	key := k.Compressed()
	return hex.EncodeToString(key[:])
}
