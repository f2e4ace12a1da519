package applet

import (
	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
)

// arrival says how a command comes in.
type arrival int

const (
	inside arrival = iota // wrapped; 6985 without a channel
	either                // wrapped when a channel is open, bare otherwise
	plain                 // never wrapped
)

// handler is how the applet serves one instruction. Which versions have it, is in the table of package wire.
type handler struct {
	run     func(*call) ([]byte, iso7816.Status)
	arrives arrival
	arrival func(*call) arrival        // instead of arrives, when it depends on the parameters
	early   func(*call) iso7816.Status // refuses a command before it is unwrapped; 9000 lets it pass
	pin     bool                       // 6985 unless the PIN was verified
	opens   bool                       // is wrapped before the channel counts as open
	blank   bool                       // also works before INIT
}

// handlers has a row for every instruction but SELECT, in the order of the seed.
var handlers = map[byte]handler{
	wire.InsInit:             {run: (*call).initialize, arrives: plain, blank: true},
	wire.InsOpen:             {run: (*call).openChannel, arrives: plain},
	wire.InsMutual:           {run: (*call).mutuallyAuthenticate, opens: true},
	wire.InsPair:             {run: (*call).pair, arrives: plain, early: (*call).pairEarly},
	wire.InsUnpair:           {run: (*call).unpair, pin: true},
	wire.InsGetStatus:        {run: (*call).getStatus},
	wire.InsSetNDEF:          {run: (*call).setNDEF, pin: true},
	wire.InsVerifyPIN:        {run: (*call).verifyPIN},
	wire.InsChangePIN:        {run: (*call).changePIN, pin: true},
	wire.InsUnblockPIN:       {run: (*call).unblockPIN},
	wire.InsLoadKey:          {run: (*call).loadKey, pin: true},
	wire.InsDerive:           {run: (*call).deriveKey},
	wire.InsGenerateMnemonic: {run: (*call).generateMnemonic},
	wire.InsRemoveKey:        {run: (*call).removeKey, pin: true},
	wire.InsGenerateKey:      {run: (*call).generateKey, pin: true},
	wire.InsDuplicate:        {run: (*call).duplicate, arrival: (*call).duplicateArrival},
	wire.InsSign:             {run: (*call).sign, arrival: (*call).signArrival, early: (*call).signEarly},
	wire.InsSetPinless:       {run: (*call).setPinlessPath, pin: true},
	wire.InsExport:           {run: (*call).exportKey, pin: true},
	wire.InsStoreData:        {run: (*call).storeData, pin: true},
	wire.InsGetData:          {run: (*call).getData, arrives: either},
	wire.InsIdent:            {run: (*call).ident, arrives: either, blank: true},
	wire.InsFactoryReset:     {run: (*call).factoryReset, arrives: plain},
}
