package sim

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
)

// Case is one world that is played, and where it belongs in the report.
type Case struct {
	Group    string // what is varied
	Label    string // its value
	Strategy string // "honest" for the world without an attacker
	World    World
}

// HonestName is the strategy of a case without an attacker.
const HonestName = "honest"

// Row is a case and what came of it.
type Row struct {
	Case
	Result Result
}

// Key is the same for equal worlds only: the beginning of a hash of everything that a run depends on.
func (c *Case) Key() string {
	text, err := json.Marshal(c.World)
	if err != nil {
		panic(fmt.Sprintf("a world has no JSON: %v", err)) // it has numbers and truths only
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// Sweep plays the cases whose keys are not in have, one after the other on so many cores, and hands over each row as soon
// as it is there; fresh says that it was not in have, nor an earlier case's.
func Sweep(ctx context.Context, cases []Case, cores int, have map[string]Result, done func(r Row, fresh bool) error) error {
	played := maps.Clone(have)
	if played == nil {
		played = map[string]Result{}
	}
	for _, c := range cases {
		r, ok := played[c.Key()]
		if !ok {
			var err error
			if r, err = Run(ctx, &c.World, cores); err != nil {
				return err
			}
			played[c.Key()] = r
		}
		if err := done(Row{c, r}, !ok); err != nil {
			return err
		}
	}
	return nil
}
