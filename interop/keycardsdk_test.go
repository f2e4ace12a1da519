package interop

import "testing"

// keycard-sdk stretches each pairing password for seconds in plain JavaScript, so the cards with open holes are left to
// the other clients.
func TestKeycardSDKUsesTheCard(t *testing.T) {
	needReader(t)
	for _, card := range kinds {
		if card.quirks {
			continue
		}
		t.Run(card.String(), func(t *testing.T) {
			k := newKeys(t)
			c := insert(t, "keycard-sdk", card)
			steps := drive[Step](t, newPlan(card.profile, k), "node", "js/drive.mjs")
			j := &judge{TB: t, profile: card.profile, keys: k, authority: c.authority}
			j.hear(steps, gaps{})
			c.require(t, everyInstruction...)
			c.require(t, newInstructions(card.profile)...)
			if card.profile < "3.1" {
				c.require(t, 0xF3)
			}
		})
	}
}
