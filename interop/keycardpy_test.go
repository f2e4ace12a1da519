package interop

import (
	"os"
	"path/filepath"
	"testing"

	"tapcard.example/internal/matrix"
)

// keycard-py is the judge that may be absent: it needs a C compiler and Python's headers.
func TestKeycardPyUsesTheCard(t *testing.T) {
	needReader(t)
	python := filepath.Join(cacheDir(), "interop", "venv", "bin", "python")
	if _, err := os.Stat(python); err != nil {
		matrix.Absent(t, table, "keycard-py")
		t.Skipf("keycard-py did not run: scripts/setup-interop.sh has not made its environment: %v", err)
	}
	for _, card := range kinds {
		t.Run(card.String(), func(t *testing.T) {
			k := newKeys(t)
			c := insert(t, "keycard-py", card)
			steps := drive[Step](t, newPlan(card.profile, k), python, "py/drive.py")
			j := &judge{TB: t, profile: card.profile, keys: k, authority: c.authority}
			j.hear(steps, keycardPyLacks(card.profile))
			c.require(t, everyInstruction...)
			c.require(t, newInstructions(card.profile)...)
		})
	}
}

func keycardPyLacks(profile string) gaps {
	g := gaps{}.on("it has no export of extended public keys", "export xpub")
	if profile == "2.0" {
		g.on("it refuses a status template whose length byte is wrong, as that of 2.0 and 2.1 is", "status",
			"status after wrong pin", "status after pin", "status without key", "status blocked",
			"status after wrong puk", "status unblocked")
	}
	if profile < "3.1" {
		g.on("it has no SET NDEF, only STORE DATA", "ndef", "ndef read")
	}
	return g
}
