package applet

import (
	"time"

	"tapcard.example/cktap/wire"
	"tapcard.example/iso7816"
)

// latencies is how long a real card takes. A signature takes 300 ms and wait one second (Tap protocol, "Certificate
// Comments", wait). backup is slow enough to run into the time limits of phones (reported by wallets). The rest is
// estimated from what each command has to compute.
var latencies = map[string]time.Duration{
	wire.CmdStatus: 40 * time.Millisecond,
	wire.CmdRead:   320 * time.Millisecond,
	wire.CmdDerive: 400 * time.Millisecond,
	wire.CmdCerts:  40 * time.Millisecond,
	wire.CmdCheck:  320 * time.Millisecond,
	wire.CmdNew:    700 * time.Millisecond,
	wire.CmdNFC:    320 * time.Millisecond,
	wire.CmdSign:   600 * time.Millisecond, // K is drawn up to three times
	wire.CmdWait:   time.Second,
	wire.CmdUnseal: 300 * time.Millisecond,
	wire.CmdDump:   300 * time.Millisecond,
	wire.CmdChange: 300 * time.Millisecond,
	wire.CmdXPub:   400 * time.Millisecond,
	wire.CmdBackup: 1500 * time.Millisecond,
}

// Took is how long a real card takes for a command, roughly. It is for softcard.Latency.
func Took(c iso7816.Command) time.Duration {
	if c.INS != wire.InsTap {
		return latencies[wire.CmdStatus]
	}
	name, err := wire.ParseName(c.Data)
	if err != nil {
		return 0
	}
	return latencies[name]
}
