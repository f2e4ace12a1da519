package sim

// reason is why a payment was refused, in the order in which the vault looks.
type reason uint8

const (
	paid reason = iota
	overPayment
	overBalance
	cooling
	overDay
	overMonth
	noRoom
	reasons
)

// Reasons name the places of [Result.Refused].
var Reasons = [reasons]string{"paid", "over payment", "over balance", "cooldown", "over day", "over month", "room"}

// purse is a purse's word, unpacked: a cache line. The counter's anti-replay window is not played, for no payment is
// sent twice.
type purse struct {
	balance, spentDay, spentMonth uint64
	perTx, daily, monthly         uint64
	slot                          uint32 // of the newest payment, in 8 blocks since the beginning
	counter                       uint32
	day, month                    uint16
	cooldown                      uint8 // in 8 blocks
}

// idleDays after its last payment a purse's cooldown does not matter any more.
const idleDays = 3

// charge takes a payment, or says why it does not, as Purse.charge and Limits.spend do in the vault; after them comes
// the merchant's room.
func (w *purse) charge(amount uint64, slot uint32, day, month uint16, room uint64) reason {
	if amount > w.perTx {
		return overPayment
	}
	if amount > w.balance {
		return overBalance
	}
	if day-w.day < idleDays && apart(slot, w.slot) < uint32(w.cooldown) {
		return cooling
	}
	spentDay, spentMonth := amount, amount
	if w.day == day {
		spentDay += w.spentDay
	}
	if spentDay > w.daily {
		return overDay
	}
	if w.month == month {
		spentMonth += w.spentMonth
	}
	if spentMonth > w.monthly {
		return overMonth
	}
	if amount > room {
		return noRoom
	}
	w.balance -= amount
	w.spentDay, w.spentMonth, w.day, w.month = spentDay, spentMonth, day, month
	w.slot = max(w.slot, slot)
	w.counter++
	return paid
}

func apart(a, b uint32) uint32 { return max(a, b) - min(a, b) }
