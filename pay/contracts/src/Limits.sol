// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The arithmetic of limits, on decoded numbers.
/// @notice Pure and free of packing, so that solc's model checker can prove it (tools/prove.js). Amounts are in units of
/// 1e-6 token. A day is settlement time / 86,400, a month is day / 30: a trailing 24 hours can therefore see up to
/// twice the daily limit, and a trailing 30 days twice the monthly one.
library Limits {
    /// @notice Decodes 12 bits: mantissa (8) times ten to the exponent (4). At most 255e15.
    function decode(uint256 code) internal pure returns (uint256) {
        unchecked {
            return ((code >> 4) & 0xff) * 10 ** (code & 15);
        }
    }

    /// @notice What was spent in a period, after a payment of `amount` in it.
    /// @param spent what the purse says was spent in the period of its last payment, at most 2^40-1
    /// @param same whether that period is the present one
    /// @param amount at most 2^48-1
    /// @param limit what may be spent in one period
    /// @return ok whether the payment is within the limit
    /// @return next what is spent with it; at most `limit` when ok
    function spend(uint256 spent, bool same, uint256 amount, uint256 limit)
        internal
        pure
        returns (bool ok, uint256 next)
    {
        unchecked {
            next = (same ? spent : 0) + amount;
            ok = next <= limit;
        }
    }

    /// @notice The anti-replay window: the highest settled counter, and which of the 16 below it have settled.
    /// @return ok whether `counter` has not settled and is not below the window
    /// @return nextTop the highest counter with this one
    /// @return nextSeen bit i is set when nextTop-1-i has settled
    function advance(uint256 top, uint256 seen, uint256 counter)
        internal
        pure
        returns (bool ok, uint256 nextTop, uint256 nextSeen)
    {
        unchecked {
            if (counter > top) {
                uint256 d = counter - top;
                return (true, counter, ((seen << d) | (1 << (d - 1))) & 0xffff); // 0 from d = 17 on
            }
            uint256 below = top - counter;
            if (below == 0 || below > 16) return (false, top, seen);
            uint256 bit = 1 << (below - 1);
            return (seen & bit == 0, top, seen | bit);
        }
    }

    /// @notice Distance of two anchors, each a block number / 8 mod 2^16, and whether the first is the newer one.
    function apart(uint256 anchor, uint256 last) internal pure returns (uint256 distance, bool newer) {
        unchecked {
            distance = (anchor - last) & 0xffff;
            newer = distance < 0x8000;
            if (!newer) distance = 0x10000 - distance;
        }
    }
}
