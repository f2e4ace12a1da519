// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Events} from "./Events.sol";
import {Merchant} from "./Merchant.sol";
import {Score} from "./Score.sol";
import {Rules} from "./Rules.sol";
import {State} from "./State.sol";

/// @title Closing a merchant's day and opening the next one.
/// @notice Three words besides the day's own: merchant, score, one ring entry. The cost does not grow with the days
/// in between: entries that nobody touched stay in the ring and count as unmatured, until {sweep} makes them free or
/// 32 days later their place is needed; after an idle window everything is free at once.
library Rolling {
    using Merchant for uint256;
    using Rules for uint256;

    uint256 private constant M48 = (1 << 48) - 1;
    uint256 private constant M56 = (1 << 56) - 1;

    /// @notice Yesterday goes to the ring, the score fades and grows, what is old enough becomes free.
    /// @dev Works on the words themselves and without overflow checks, which would cost 4,000 gas: every sum here is
    /// bounded by what the vault holds, and {_room} saturates.
    /// @param t the merchant's word of the last day, of an earlier day than `today`
    /// @return next its word for today, not stored yet
    function roll(State storage s, uint256 rules, address m, uint256 t, uint256 today) internal returns (uint256 next) {
        unchecked {
            uint256 w = s.merchant[m];
            if (w & Merchant.REGISTERED == 0) revert Events.Unregistered();
            uint256 r = s.score[m];
            uint256 amount = ((r >> 48) & M48) - (t >> 208);
            w = _archive(s, m, w, t, amount);
            uint256 passed = today - uint16(t >> 144);
            if (passed > rules.windowDays()) w = _freeAll(w, today - rules.windowDays() - 1);
            (w, r) = _judge(rules, w, r, t, amount, Score.keep(rules.slope(), passed));
            uint256 held = (r >> 32) & 0xffff == 0 ? 0 : _held(s, m);
            uint256 open = _room(rules, w, (r >> 96) & M48, held);
            s.merchant[m] = (w & ~(uint256(0xffff) << 72)) | today << 72;
            s.score[m] = (r & ~(M48 << 48)) | open << 48;
            return open << 208 | today << 144 | Merchant.seed(m, today);
        }
    }

    /// @notice Puts the closed day into its place of the ring; what was there is at least 32 days old.
    function _archive(State storage s, address m, uint256 w, uint256 t, uint256 amount) private returns (uint256) {
        unchecked {
            if (uint16(t >> 128) == 0) return w;
            uint256[32] storage ring = s.ring[m];
            uint256 place = (t >> 144) & 31;
            uint256 old = ring[place];
            if (uint16(old >> 144) > uint16(w >> 8)) w = w - ((old >> 208) << 152) + ((old >> 208) << 96);
            ring[place] = amount << 208 | (t & ((1 << 160) - 1));
            return w + (amount << 152);
        }
    }

    function _freeAll(uint256 w, uint256 upTo) private pure returns (uint256) {
        unchecked {
            w += ((w >> 152) & M56) << 96;
            return (w & ~(M56 << 152 | 0xffff00)) | upTo << 8;
        }
    }

    /// @notice The closed day's effect on score, mean and leverage.
    function _judge(uint256 rules, uint256 w, uint256 r, uint256 t, uint256 amount, uint256 keep)
        private
        pure
        returns (uint256, uint256)
    {
        unchecked {
            uint256 good = (r >> 200) + Score.weight(amount, t.payers(), rules.payerCap());
            uint256 bad = ((r >> 144) & M56) * keep >> 32;
            uint256 mean = (((r >> 96) & M48) * keep >> 32) + (amount * (Score.ONE - Score.keep(rules.slope(), 1)) >> 32);
            good = good * keep >> 32;
            if (good > M56) good = M56;
            if (mean > M48) mean = M48;
            uint256 rest = r & ((1 << 96) - 1);
            if (amount != 0 && ((r >> 32) & 0xffff == 0 || !Score.negative(good + _vouched(w), bad, rules.ratio() / 4))) {
                if (rest & 0xffff != 0xffff) rest++;
                uint256 more = ((w >> 88) & 0xff) + rules.leverageStep();
                if (more > rules.maxLeverage()) more = rules.maxLeverage();
                w = (w & ~(uint256(0xff) << 88)) | more << 88;
            }
            return (w, good << 200 | bad << 144 | mean << 96 | rest);
        }
    }

    /// @notice The stake that is not advanced.
    function _vouched(uint256 w) private pure returns (uint256) {
        unchecked {
            return (w >> 208) - ((w >> 24) & M48);
        }
    }

    /// @notice What open cases hold.
    function _held(State storage s, address m) private view returns (uint256) {
        return uint64(s.disputers[m] >> 64);
    }

    /// @notice What the merchant may take on a day that starts now: stake times leverage less what is unmatured or held by
    /// cases, and no more than a multiple of its usual day, or the stake itself if that is more.
    function _room(uint256 rules, uint256 w, uint256 mean, uint256 held) private pure returns (uint256 out) {
        unchecked {
            if (w & Merchant.CLOSING != 0) return 0;
            uint256 stake = _vouched(w);
            uint256 cap = stake * ((w >> 88) & 0xff) >> 4;
            uint256 unmatured = ((w >> 152) & M56) + held;
            if (cap <= unmatured) return 0;
            out = cap - unmatured;
            uint256 usual = mean * rules.multiple();
            if (usual < stake) usual = stake;
            if (out > usual) out = usual;
            if (out > M48) out = M48;
        }
    }

    /// @notice A registered merchant's account and record as of today.
    function present(State storage s, address m)
        internal
        returns (Merchant.Account memory a, Merchant.Record memory r)
    {
        require(s.merchant[m] & Merchant.REGISTERED != 0, Events.Unregistered());
        uint256 t = s.today[m];
        uint256 day = block.timestamp / 86_400;
        if (t.day() != day) s.today[m] = roll(s, s.rules, m, t, day);
        return (s.merchant[m].unpack(), s.score[m].unpackRecord());
    }

    /// @notice Stores both, and sets the room that is left today to what follows from them and from what was taken.
    function store(State storage s, address m, Merchant.Account memory a, Merchant.Record memory r) internal {
        uint256 t = s.today[m];
        uint256 taken = r.roomAtStart - t.room();
        uint256 w = Merchant.pack(a);
        uint256 all = _room(s.rules, w, r.mean, _held(s, m));
        uint256 left = all > taken ? all - taken : 0;
        r.roomAtStart = left + taken;
        s.today[m] = (t << 48 >> 48) | left << 208;
        s.merchant[m] = w;
        s.score[m] = Merchant.packRecord(r);
    }

    /// @notice Makes free what is older than the window. Touches up to 31 entries, paid by the caller.
    function sweep(State storage s, address m, Merchant.Account memory a, uint256 today) internal view {
        uint256 upTo = today - s.rules.windowDays() - 1;
        for (uint256 i; i < 32; i++) {
            uint256 e = s.ring[m][i];
            uint256 d = e.day();
            if (d > a.matured && d <= upTo) {
                a.unmatured -= e >> 208;
                a.free += e >> 208;
            }
        }
        if (upTo > a.matured) a.matured = upTo;
    }
}
