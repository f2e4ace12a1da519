// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The three storage words of a merchant, and the entries of its ring.
/// @notice today (hot): room left 48 | payer sketch 48 | day 16 | links 16 | accumulator 128.
/// merchant (daily): stake 48 | unmatured 56 | free 56 | leverage 8 | last day 16 | advanced 48 | flags 24.
/// ring[day % 32] (daily): amount 48 | spare 48 | day 16 | links 16 | accumulator 128.
/// score (daily): good 56 | bad 56 | mean 48 | room at the day's start 48 | open cases 16 | lost cases 16 | good days 16.
/// Amounts in 1e-6 token, leverage in sixteenths, days are time / 86,400.
library Merchant {
    uint256 internal constant REGISTERED = 1;
    uint256 internal constant CLOSING = 2;
    uint256 internal constant ATTESTED = 4;

    /// @notice The word merchant[m], unpacked; amounts in 1e-6 token.
    struct Account {
        uint256 stake; // at risk, 48 bits
        uint256 unmatured; // settled on closed days, not older than the window
        uint256 free; // older than the window: may be claimed
        uint256 leverage; // sixteenths
        uint256 lastDay; // of the last roll
        uint256 advanced; // paid out before it was free, never more than the stake
        uint256 flags; // {REGISTERED} | {CLOSING} | {ATTESTED}
        uint256 matured; // entries of days up to this one were made free; 0 = none
    }

    /// @notice The word score[m], unpacked; amounts in 1e-6 token.
    struct Record {
        uint256 good; // decayed weight of closed days
        uint256 bad; // decayed weight of disputes
        uint256 mean; // of a day's amount, decayed
        uint256 roomAtStart; // room of the present day before its first payment
        uint256 open; // cases not settled
        uint256 lost; // cases that buyers won
        uint256 goodDays; // days with payments and without an open case
    }

    /// @notice The word merchant[m] in its parts.
    function unpack(uint256 w) internal pure returns (Account memory a) {
        a.stake = w >> 208;
        a.unmatured = (w >> 152) & 0xffffffffffffff;
        a.free = (w >> 96) & 0xffffffffffffff;
        a.leverage = (w >> 88) & 0xff;
        a.lastDay = (w >> 72) & 0xffff;
        a.advanced = (w >> 24) & 0xffffffffffff;
        a.matured = (w >> 8) & 0xffff;
        a.flags = w & 0xff;
    }

    /// @notice Packs, and refuses what does not fit: money that would not be counted must not come in.
    function pack(Account memory a) internal pure returns (uint256) {
        require(a.stake >> 48 == 0 && a.unmatured >> 56 == 0 && a.free >> 56 == 0 && a.advanced >> 48 == 0);
        return a.stake << 208 | a.unmatured << 152 | a.free << 96 | a.leverage << 88 | a.lastDay << 72
            | a.advanced << 24 | a.matured << 8 | a.flags;
    }

    /// @notice The word score[m] in its parts.
    function unpackRecord(uint256 w) internal pure returns (Record memory r) {
        r.good = w >> 200;
        r.bad = (w >> 144) & 0xffffffffffffff;
        r.mean = (w >> 96) & 0xffffffffffff;
        r.roomAtStart = (w >> 48) & 0xffffffffffff;
        r.open = (w >> 32) & 0xffff;
        r.lost = (w >> 16) & 0xffff;
        r.goodDays = w & 0xffff;
    }

    /// @notice Packs; weights that do not fit stay at the highest that do.
    function packRecord(Record memory r) internal pure returns (uint256) {
        uint256 top = (1 << 56) - 1;
        if (r.good > top) r.good = top;
        if (r.bad > top) r.bad = top;
        require(r.open >> 16 == 0);
        return r.good << 200 | r.bad << 144 | r.mean << 96 | r.roomAtStart << 48 | r.open << 32
            | (r.lost & 0xffff) << 16 | (r.goodDays & 0xffff);
    }

    /// @notice What the merchant may still take today, in 1e-6 token.
    function room(uint256 today) internal pure returns (uint256) {
        return today >> 208;
    }

    /// @notice The day that the word is about, time / 86,400.
    function day(uint256 today) internal pure returns (uint256) {
        return uint16(today >> 144);
    }

    /// @notice The start of a merchant's day, keccak256(vault 20 | merchant 20 | day 2): no two merchants, days or
    /// vaults share a chain.
    function seed(address merchant, uint256 onDay) internal view returns (uint256 out) {
        assembly ("memory-safe") {
            mstore(0, shl(96, address()))
            mstore(20, or(shl(96, merchant), shl(80, onDay)))
            out := shr(128, keccak256(0, 42))
        }
    }

    /// @notice One more link of the day's chain: the first 128 bits of keccak256(accumulator 16 bytes | leaf 32 bytes).
    function fold(uint256 accumulator, bytes32 leaf) internal pure returns (uint256 out) {
        assembly ("memory-safe") {
            mstore(0, shl(128, accumulator))
            mstore(16, leaf)
            out := shr(128, keccak256(0, 48))
        }
    }

    /// @notice The day's word after taking `amount` from a payer, without its {link}; the caller has checked the room.
    function take(uint256 today, uint256 amount, address card) internal pure returns (uint256) {
        unchecked {
            return (today - (amount << 208)) | mark(card) << 160;
        }
    }

    /// @notice The day's word with one more link in its chain.
    function link(uint256 today, bytes32 leaf) internal pure returns (uint256 out) {
        unchecked {
            out = today + (1 << 128);
            require(uint16(out >> 128) != 0, Full());
            out = (out >> 128 << 128) | fold(uint128(today), leaf);
        }
    }

    /// @notice The bit of a payer in the day's sketch of 48: distinct payers are estimated by counting bits.
    function mark(address card) internal pure returns (uint256) {
        return 1 << (uint160(card) % 48);
    }

    /// @notice How many bits of the day's sketch are set: pairs, then fours, then bytes, then their sum.
    function payers(uint256 today) internal pure returns (uint256 n) {
        unchecked {
            n = (today >> 160) & 0xffffffffffff;
            n -= (n >> 1) & 0x555555555555;
            n = (n & 0x333333333333) + ((n >> 2) & 0x333333333333);
            n = (n + (n >> 4)) & 0x0f0f0f0f0f0f;
            return ((n * 0x010101010101) >> 40) & 0xff;
        }
    }

    /// @notice 65,535 links were made today; a batch is one link.
    error Full();
}
