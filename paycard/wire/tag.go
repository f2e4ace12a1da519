package wire

// Tag opens everything that is hashed and signed, or put under a MAC, around a payment: six letters, a zero, a version.
// No two purposes share one, and each purpose has keys of its own. The first byte, 54, is no RLP list, no typed
// transaction, no EIP-7702 authorisation and no EIP-191 prefix, so nothing signed here is anything else there.
type Tag [8]byte

// The tags.
var (
	TagPayment    = Tag{'T', 'A', 'P', 'P', 'A', 'Y', 0, 1} // card: a payment
	TagApproval   = Tag{'T', 'A', 'P', 'A', 'P', 'R', 0, 1} // approver: a token
	TagTime       = Tag{'T', 'A', 'P', 'T', 'I', 'M', 0, 1} // time authority: a time
	TagBind       = Tag{'T', 'A', 'P', 'B', 'N', 'D', 0, 1} // card: proof of possession
	TagMandate    = Tag{'T', 'A', 'P', 'M', 'A', 'N', 0, 1} // card: a mandate, by which a payee pulls
	TagOffer      = Tag{'T', 'A', 'P', 'O', 'F', 'R', 0, 1} // terminal: an offer; never seen by the card
	TagVoid       = Tag{'T', 'A', 'P', 'V', 'O', 'D', 0, 1} // merchant: burns a counter; never seen by the card
	TagMAC        = Tag{'T', 'A', 'P', 'M', 'A', 'C', 0, 1} // card and service: the MAC of CHALLENGE
	TagAllowances = Tag{'T', 'A', 'P', 'A', 'L', 'W', 0, 1} // card and service: the seal of the allowances
)
