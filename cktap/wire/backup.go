package wire

import "tapcard.example/iso7816"

// BackupRequest asks a TAPSIGNER for its encrypted key (Tap protocol, backup). SATSCHIP has none.
type BackupRequest struct {
	Auth
}

func (r *BackupRequest) check() error { return need(r.fields()...) }

// Command is the request as an APDU.
func (r BackupRequest) Command() (iso7816.Command, error) { return request(CmdBackup, r) }

// ParseBackupRequest is the card's side. ErrFormat is a 400.
func ParseBackupRequest(body []byte) (BackupRequest, error) { return decode[BackupRequest](body) }

// BackupAnswer answers backup: a file to be kept as it is. See OpenBackup.
type BackupAnswer struct {
	Data      []byte `cbor:"data"`
	CardNonce Nonce  `cbor:"card_nonce,omitzero"`
}

func (a *BackupAnswer) check() error { return need(field{"data", len(a.Data) > 0}) }

// Encode is the card's side.
func (a BackupAnswer) Encode() ([]byte, error) { return encode(a) }

// ParseBackupAnswer reads the answer.
func ParseBackupAnswer(body []byte) (BackupAnswer, error) { return decodeAnswer[BackupAnswer](body) }
