// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Limits} from "./Limits.sol";
import {Reason} from "./Reason.sol";

/// @title The one storage word that a payment reads and writes for its signer.
/// @notice From the top: balance 48 | spentDay 40 | spentMonth 40 | counter 32 | seen 16 | day 16 | anchor 16 |
/// perTx 12 | daily 12 | monthly 12 | cooldown 6 | flags 6. Amounts in 1e-6 token; cooldown in 8 blocks.
library Purse {
    uint256 internal constant ACTIVE = 1; // bound to an owner
    uint256 internal constant FROZEN = 2; // by the owner; thawing takes the owner's delay
    uint256 internal constant REVOKED = 4; // for good
    uint256 internal constant PAYEES = 8; // some payees have limits of their own
    uint256 internal constant ATTESTED = 16; // pays attested merchants only

    uint256 internal constant FLAGS = 63; // where they are

    /// Days after which an anchor cannot be compared with the last one any more, because 16 bits of it wrap. It is
    /// longer than any anchor lives and any cooldown lasts, so nothing is allowed that would not be allowed anyway.
    uint256 internal constant IDLE_DAYS = 3;

    uint256 private constant LIMITS = 12;
    uint256 private constant M48 = (1 << 48) - 1;
    uint256 private constant M40 = (1 << 40) - 1;
    uint256 private constant M32 = (1 << 32) - 1;
    uint256 private constant M16 = (1 << 16) - 1;

    /// @notice {ACTIVE} and the others.
    function flags(uint256 w) internal pure returns (uint256) {
        return w & FLAGS;
    }

    /// @notice Whether it is active and nothing else, as nearly every purse is.
    function plain(uint256 w) internal pure returns (bool) {
        return w & FLAGS == ACTIVE;
    }

    /// @notice perTx 12 | daily 12 | monthly 12, as codes.
    function limits(uint256 w) internal pure returns (uint256) {
        return (w >> LIMITS) & 0xfffffffff;
    }

    /// @notice Least distance of two anchors, in 8 blocks.
    function cooldown(uint256 w) internal pure returns (uint256) {
        return (w >> 6) & 63;
    }

    /// @notice In 1e-6 token.
    function balance(uint256 w) internal pure returns (uint256) {
        return w >> 208;
    }

    /// @notice The highest settled one.
    function counter(uint256 w) internal pure returns (uint256) {
        return uint32(w >> 96);
    }

    /// @notice The balance before what was spent in the month of `day`: no less than what it was at any time since the
    /// month began.
    function had(uint256 w, uint256 day) internal pure returns (uint256) {
        return balance(w) + (uint16(w >> 64) / 30 == day / 30 ? (w >> 128) & M40 : 0);
    }

    /// @notice Adds to the balance, checked: it stays below 2^48.
    function credit(uint256 w, uint256 amount) internal pure returns (uint256) {
        return w + amount * (1 << 208);
    }

    /// @notice Takes from the balance, checked.
    function debit(uint256 w, uint256 amount) internal pure returns (uint256) {
        return w - amount * (1 << 208);
    }

    /// @notice The word with other limits, cooldown and flags: the lowest 48 bits.
    function configured(uint256 w, uint256 low48) internal pure returns (uint256) {
        return (w & ~M48) | (low48 & M48);
    }

    /// @notice The word after a payment, or why there is none.
    /// @param what amount 8 | counter 4 | anchor block 8, in the low 20 bytes
    /// @param day settlement time / 86,400
    /// @param lim the limits in force, as {limits} gives them
    function charge(uint256 w, uint256 what, uint256 day, uint256 lim)
        internal
        pure
        returns (uint256 next, Reason why)
    {
        unchecked {
            (uint256 amount, uint256 count, uint256 anchor) = (what >> 96, uint32(what >> 64), uint64(what));
            // 0 - 1 is above every limit, too
            if (amount - 1 >= Limits.decode(lim >> 24)) {
                return (w, amount == 0 ? Reason.ZeroAmount : Reason.OverPayment);
            }
            if (amount > w >> 208) return (w, Reason.OverBalance);
            (bool ok, uint256 top, uint256 seen) = Limits.advance((w >> 96) & M32, (w >> 80) & M16, count);
            if (!ok) return (w, top - count > 16 ? Reason.CounterOld : Reason.CounterUsed);
            uint256 last = (w >> 64) & M16;
            anchor >>= 3;
            if (day - last < IDLE_DAYS) {
                (uint256 distance, bool newer) = Limits.apart(anchor, w >> 48);
                if (distance < cooldown(w)) return (w, Reason.Cooldown);
                if (!newer) anchor = w >> 48;
            }
            next = ((w >> 208) - amount) << 208 | top << 96 | seen << 80 | day << 64 | (anchor & M16) << 48 | (w & M48);
            // day and month as in {draw}: a function for both would cost 80 gas a payment
            uint256 sum;
            (ok, sum) = Limits.spend((w >> 168) & M40, last == day, amount, Limits.decode(lim >> 12));
            if (!ok) return (w, Reason.OverDay);
            next |= sum << 168;
            (ok, sum) = Limits.spend((w >> 128) & M40, last / 30 == day / 30, amount, Limits.decode(lim));
            if (!ok) return (w, Reason.OverMonth);
            return (next | sum << 128, Reason.None);
        }
    }

    /// @notice The word after a draw under a mandate: balance, day and month count, but no counter and no anchor. An
    /// anchor that is about to wrap is replaced by one that is older than any living one by any cooldown.
    function draw(uint256 w, uint256 amount, uint256 day, uint256 block_) internal pure returns (uint256, Reason) {
        unchecked {
            if (amount == 0) return (w, Reason.ZeroAmount);
            if (amount > w >> 208) return (w, Reason.OverBalance);
            uint256 last = (w >> 64) & M16;
            uint256 anchor = (w >> 48) & M16;
            if (day - last >= IDLE_DAYS) anchor = ((block_ >> 3) - 1024 - 64) & M16;
            uint256 next = ((w >> 208) - amount) << 208 | (w & (M48 << 80 | M48)) | day << 64 | anchor << 48;
            uint256 lim = limits(w);
            (bool ok, uint256 sum) = Limits.spend((w >> 168) & M40, last == day, amount, Limits.decode(lim >> 12));
            if (!ok) return (w, Reason.OverDay);
            next |= sum << 168;
            (ok, sum) = Limits.spend((w >> 128) & M40, last / 30 == day / 30, amount, Limits.decode(lim));
            if (!ok) return (w, Reason.OverMonth);
            return (next | sum << 128, Reason.None);
        }
    }
}
