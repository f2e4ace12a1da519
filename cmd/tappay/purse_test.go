package main

import (
	"encoding/hex"
	"encoding/json"
	"testing"

	"tapcard.example/chain/eth"
	"tapcard.example/internal/cli"
)

func TestAnOwnerSignsInAnotherWalletAndARelayCarriesIt(t *testing.T) {
	s := newShop(t)
	freeze := []string{"purse", "freeze", "--card", s.address}
	typed := s.must("tappay", append(freeze, "--typed-data")...)
	text, err := json.Marshal(typed)
	if err != nil {
		t.Fatal(err)
	}
	data, err := eth.ParseTypedData(text)
	if err != nil {
		t.Fatal(err)
	}
	sign := func(name string) string {
		k, err := (&app{}).readKey("key-file", s.dir+"/"+name+".key")
		if err != nil {
			t.Fatal(err)
		}
		defer k.Destroy()
		signature, err := k.Sign(data.Digest())
		if err != nil {
			t.Fatal(err)
		}
		return hex.EncodeToString(signature[:])
	}
	deadline := typed["message"].(map[string]any)["deadline"].(string)
	carry := append(freeze, "--key-file", "relay.key", "--deadline", deadline, "--signature")
	if _, all, code := s.run("tappay", append(carry, sign("merchant"))...); code != cli.ExitSecurity {
		t.Errorf("exit code %d\n%s", code, all)
	}
	if said := s.must("tappay", append(carry, sign("owner"))...); said["state"] != "frozen" {
		t.Errorf("%v", said)
	}
	if _, all, code := s.run("tappay", append(carry, sign("owner"))...); code == cli.ExitOK {
		t.Errorf("the same signature counts twice\n%s", all)
	}
}

func TestDeployingAgainIsTheSameVault(t *testing.T) {
	s := newShop(t)
	before := s.must("tappay", "use")
	s.must("tappay", "deploy", "--key-file", "relay.key", "--test-token")
	if now := s.must("tappay", "use"); now["vault"] != before["vault"] {
		t.Errorf("%v, and before %v", now, before)
	}
	s.write("params.json", `{"window_days": 12}`)
	if said := s.must("tappay", "deploy", "--test-token", "--params", "params.json", "--print"); said["params"].(map[string]any)["window_days"] != 12.0 {
		t.Errorf("%v", said)
	}
	s.write("params.json", `{"windowDays": 12}`)
	if _, all, code := s.run("tappay", "deploy", "--test-token", "--params", "params.json", "--print"); code != cli.ExitFailed {
		t.Errorf("a parameter that does not exist: exit code %d\n%s", code, all)
	}
}

func TestKeysAreNeverReplacedOrShown(t *testing.T) {
	s := newShop(t)
	if _, all, code := s.run("tappay", "key", "new", "owner.key"); code != cli.ExitFailed {
		t.Errorf("exit code %d\n%s", code, all)
	}
	s.write("short.key", "abcd")
	if _, all, code := s.run("tappay", "key", "show", "short.key"); code != cli.ExitFailed {
		t.Errorf("exit code %d\n%s", code, all)
	}
}
