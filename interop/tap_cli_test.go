package interop

import (
	"bytes"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tapcard.example/cktap/wire"
	"tapcard.example/internal/matrix"
)

// tapCommand is one run of the maker's command cktap. {cvc}, {new} and {wrong} stand for codes, {address} for that of
// slot 1, {ident} for the card's name, {digits} for 32 bytes. says is a regular expression; a command that fails must
// say it on standard error.
type tapCommand struct {
	args, says string
	fails      bool
}

var satscardCommands = []tapCommand{
	{args: "list", says: `CKTapCard SATSCARD via NFC: {ident}`},
	{args: "version", says: `^1\.0\.3$`},
	{args: "chain", says: `^(BTC|XTN)$`},
	{args: "certs", says: `Genuine card`},
	{args: "status", says: `(?s)Card ident: {ident}.*Active Slot: 1.*Address: {address}`},
	{args: "address", says: `^{address}$`},
	{args: "address --pubkey", says: `^0[23][0-9a-f]{64}$`},
	{args: "url", says: `^getsatscard\.com/start#u=S&o=0&`},
	{args: "qr", says: `{address}`},
	{args: "usage {cvc}", says: `(?s)1 +\| sealed +\| {address}.* 10 +\| unused`},
	{args: "check {cvc}", says: `^Code is correct`},
	{args: "check {wrong}", says: `Incorrect code`, fails: true},
	{args: "check {wrong}", says: `Incorrect code`, fails: true},
	{args: "check {wrong}", says: `Incorrect code`, fails: true},
	{args: "status", says: `Needs auth delay: 15 seconds`},
	{args: "unlock", says: `Security delay`},
	{args: "check {cvc}", says: `^Code is correct`},
	{args: "dump 1 {cvc}", says: `(?m)^sealed: True$`},
	{args: "core {cvc}", says: `importdescriptors '\[{"desc": "addr\({address}\)`},
	{args: "unseal {cvc}", says: `(?s)Slot #1:\n\n{address}\n\n[KLc]`},
	{args: "wif {cvc}", says: `(?s){address}\n\np2wpkh:[KLc]`},
	{args: "dump 1 {cvc}", says: `(?m)^privkey: [0-9a-f]{64}$`},
	{args: "msg hello {cvc} --verbose", says: `(?s)BEGIN BITCOIN SIGNED MESSAGE.*hello.*{address}`},
	// The command's own mistake: it encodes what it should decode.
	{args: "setup --chain-code {digits} {cvc}", says: `Need 64 hex digits`, fails: true},
	{args: "setup --new-chain-code {cvc}", says: `^(bc|tb)1q`},
	{args: "status", says: `Active Slot: 2`},
	{args: "core {cvc} --slot 1", says: `"desc": "wpkh\([KLc]`},
	{args: "xpub {cvc}", says: `No TAPSIGNER cards found`, fails: true},
}

var tapsignerCommands = []tapCommand{
	{args: "list", says: `CKTapCard TAPSIGNER via NFC: {ident}`},
	{args: "certs", says: `Genuine card`},
	{args: "status", says: `No key picked yet`},
	{args: "setup {cvc}", says: `ready for use`},
	{args: "status", says: `Current derivation: m/84h/0h/0h`},
	{args: "path", says: `^m/84h/0h/0h$`},
	{args: "xpub {cvc}", says: `^[xt]pub`},
	{args: "xpub {cvc} --master", says: `^[xt]pub`},
	{args: "derive m/48h/1h/0h/2h {cvc}", says: `^[xt]pub`},
	{args: "derive m/84h/0h/0h {cvc}", says: `^[xt]pub`},
	{args: "msg hello {cvc} --subpath 0/0", says: `^[A-Za-z0-9+/]{87}=$`},
	{args: "check {cvc}", says: `^Code is correct`},
	{args: "check {wrong}", says: `Incorrect code`, fails: true},
	{args: "change {cvc} {new}", says: `425 on change`, fails: true},
	{args: "backup {cvc} --outfile backup.aes", says: `Wrote 1[0-9]+ bytes`},
	{args: "backup {cvc} --wrap-shell --outfile backup.sh", says: `Wrote [0-9]+ bytes`},
	{args: "change {cvc} {new}", says: `New code in effect`},
	{args: "check {new}", says: `^Code is correct`},
	{args: "status", says: `Number of backups: 2`},
	{args: "url", says: `^tapsigner\.com/start#t=1&u=S&c=`},
	{args: "address", says: `No SATSCARD found`, fails: true},
	// The command's own mistake: it takes the numbers of a path for text.
	{args: "json {new}", says: `TypeError: 'int' object is not subscriptable`, fails: true},
}

var satschipCommands = []tapCommand{
	{args: "list", says: `CKTapCard TAPSIGNER via NFC: {ident}`},
	{args: "status", says: `-- SATSCHIP --`},
	{args: "certs", says: `Genuine card`},
	{args: "setup {cvc}", says: `SATSCHIP ready for use`},
	{args: "xpub {cvc}", says: `^[xt]pub`},
	{args: "msg hello {cvc}", says: `^[A-Za-z0-9+/]{87}=$`},
	{args: "backup {cvc}", says: `Not supported on SATSCHIP`, fails: true},
	{args: "change {cvc} {new}", says: `New code in effect`},
	{args: "check {new}", says: `^Code is correct`},
	{args: "url", says: `^satschip\.com/start#t=1&u=S&c=`},
	// The command looks for a host in the URL, which has no scheme in the protocol document.
	{args: "upload {new} --offline --skip-prompts", says: `'NoneType' is not iterable`, fails: true},
}

func TestTheMakersCommandUsesEveryProduct(t *testing.T) {
	bin := needTapClient(t)
	for product, commands := range map[wire.Product][]tapCommand{
		wire.Satscard: satscardCommands, wire.Tapsigner: tapsignerCommands, wire.Satschip: satschipCommands,
	} {
		kind := tapKind{product: product, firmware: "1.0.3"}
		t.Run(kind.String(), func(t *testing.T) {
			card := insertTap(t, "cktap", kind)
			c := &cktapCLI{T: t, card: card, program: filepath.Join(bin, "cktap"), folder: t.TempDir()}
			for _, command := range commands {
				c.run(command)
			}
			if product == wire.Tapsigner {
				c.judgeBackups()
			}
			matrix.Shows(t, tapTable, "the command cktap, "+product.String(), tapClient)
		})
	}
}

// cktapCLI runs the command with one card.
type cktapCLI struct {
	*testing.T
	card            *tapCard
	program, folder string
}

// run runs the command once, trusting the factory of this test.
func (c *cktapCLI) run(command tapCommand) {
	c.Helper()
	wrong := "000000"
	if text(c.card.CVC) == wrong {
		wrong = "111111"
	}
	names := strings.NewReplacer("{cvc}", text(c.card.CVC), "{new}", tapNewCVC, "{wrong}", wrong,
		"{address}", c.card.Address, "{ident}", c.card.Ident, "{digits}", c.card.plan().Entropy)
	args := append([]string{"--root-cert-pubkey", hex.EncodeToString(c.card.root[:])},
		strings.Fields(names.Replace(command.args))...)
	var out, complaint bytes.Buffer
	program := exec.CommandContext(c.Context(), c.program, args...)
	program.Dir, program.Stdout, program.Stderr = c.folder, &out, &complaint
	err := program.Run()
	_, said, _ := strings.Cut(out.String(), "\n") // the first line warns of the root
	if command.fails {
		said = complaint.String()
	}
	if (err != nil) != command.fails {
		c.Errorf("cktap %s: %v\n%s%s", command.args, err, out.String(), complaint.String())
		return
	}
	if says := names.Replace(command.says); !regexp.MustCompile(says).MatchString(strings.TrimSpace(said)) {
		c.Errorf("cktap %s said %q, want %s", command.args, said, says)
	}
}

// judgeBackups opens the file with the printed key, and runs the script that has OpenSSL do it.
func (c *cktapCLI) judgeBackups() {
	c.Helper()
	file, err := os.ReadFile(filepath.Join(c.folder, "backup.aes"))
	if err != nil {
		c.Fatal(err)
	}
	_, _, path, err := openBackup(c.card.BackupKey, file)
	if err != nil || path != "m/84h/0h/0h" {
		c.Errorf("the backup: %v, path %q", err, path)
	}
	if _, err := exec.LookPath("openssl"); err != nil {
		c.Logf("the backup's script was not run: %v", err)
		return
	}
	var key string
	c.card.BackupKey.Reveal(func(b []byte) { key = hex.EncodeToString(b) })
	script := exec.CommandContext(c.Context(), "bash", filepath.Join(c.folder, "backup.sh")) // its read -p is not for sh
	script.Stdin = strings.NewReader(key + "\n")
	out, err := script.Output()
	if err != nil || !regexp.MustCompile(`[xt]prv[1-9A-Za-z]+\nm/84h/0h/0h\n`).Match(out) {
		c.Errorf("the backup's script: %v", err)
	}
}
