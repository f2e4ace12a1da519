package applet

import "tapcard.example/linkedbackup/wire"

// handler is how the applet serves one instruction. What it needs is in the table of package wire.
type handler struct {
	run func(*call) ([]byte, error)
	p1  bool // P1 means something
}

var handlers = map[byte]handler{
	wire.InsOpen:        {run: (*call).openChannel},
	wire.InsPersonalize: {run: (*call).personalize},
	wire.InsVerify:      {run: (*call).verifyCode},
	wire.InsChange:      {run: (*call).changeCode},
	wire.InsWait:        {run: (*call).wait},
	wire.InsActivate:    {run: (*call).activate},
	wire.InsDerive:      {run: (*call).derive},
	wire.InsSign:        {run: (*call).sign, p1: true},
	wire.InsBegin:       {run: (*call).begin, p1: true},
	wire.InsJoin:        {run: (*call).join},
	wire.InsCommit:      {run: (*call).commitSet},
	wire.InsBundle:      {run: (*call).readBundle, p1: true},
	wire.InsImport:      {run: (*call).importBundle},
	wire.InsAbort:       {run: (*call).abort},
	wire.InsAttest:      {run: (*call).attest},
	wire.InsReset:       {run: (*call).reset},
}
