// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Chain} from "./Chain.sol";
import {Events} from "./Events.sol";
import {IArbitrator} from "./IArbitrator.sol";
import {Merchant} from "./Merchant.sol";
import {Money} from "./Money.sol";
import {Purse} from "./Purse.sol";
import {Rolling} from "./Rolling.sol";
import {Score} from "./Score.sol";
import {Case, Config, State} from "./State.sol";

/// @title Disputes: opened with a stake, decided by the merchant's score, appealed to an arbitrator.
/// @notice disputers[merchant]: day of the last lost vote 16 | seasoned cards that won 112 | held by open cases 64 |
/// seasoned cards with open cases 64.
/// A case compares the disputes of the day of its decision with the good side of the day of its opening, closed
/// days only: trades that a merchant makes with itself after it was challenged weigh nothing.
library Court {
    using Merchant for uint256;

    uint8 internal constant NONE = 0;
    uint8 internal constant OPEN = 1;
    uint8 internal constant DECIDED = 2;
    uint8 internal constant APPEALED = 3;
    uint8 internal constant RULED = 4;
    uint8 internal constant SETTLED = 5;

    /// @notice Opens a case: the caller's stake comes in, the payment's money is held.
    function open(State storage s, Chain.Payment calldata p, Chain.Proof calldata proof) external {
        address m = address(uint160(p.head >> 96));
        Rolling.present(s, m);
        (bytes32 leaf,) = Chain.leafOf(s, p);
        Chain.check(s, p, leaf, proof);
        // a token that calls others may change what is read after this; what arrives is the stake
        uint256 stake = Money.pull(s.params.token, msg.sender, s.params.caseStake);
        (Merchant.Account memory a, Merchant.Record memory r) = Rolling.present(s, m);
        Case storage c = s.cases[leaf];
        if (msg.sender == s.config[p.card].owner || _late(s, c)) displace(s, c, a, r);
        uint256 held = uint64(p.head >> 32) - c.refunded;
        require(c.state == NONE && held != 0, Events.NotOpenable());
        hold(s, m, a, p.day, held);
        s.disputers[m] += held << 64;
        (c.challenger, c.held, c.card, c.opened, c.state) =
            (msg.sender, uint48(held), p.card, uint40(block.timestamp), OPEN);
        uint256 good = r.good + a.stake - a.advanced; // the stake vouches for who has little trade yet
        (c.merchant, c.goodAtOpen, c.stake) = (m, uint56(good), uint64(stake));
        (c.day, c.byOwner) = (uint16(p.day), msg.sender == s.config[p.card].owner);
        r.open++;
        if (c.byOwner) r.bad += _weight(s, held); // a challenger flips nobody alone
        (c.lostAtOpen, c.cardsAtOpen, c.counted) =
            (uint16(r.lost), uint16(s.disputers[m] >> 128), c.byOwner && s.config[p.card].seasoned);
        if (c.counted && s.disputed[m][p.card]++ == 0) s.disputers[m]++;
        Rolling.store(s, m, a, r);
        emit Events.Opened(leaf, m, msg.sender, held);
    }

    /// @notice Makes room for what an owner or evidence says of a payment: a stranger's case that nobody won yet, or that it
    /// lost, is as if it had not been. Else a merchant has friends open cases about its own sales, which weigh nothing.
    function displace(State storage s, Case storage c, Merchant.Account memory a, Merchant.Record memory r) internal {
        if (c.byOwner || c.appealed != 0 || c.buyerWins == 1) return;
        if (c.state == OPEN || c.state == DECIDED) {
            _putBack(s, c, a);
            s.disputers[c.merchant] -= uint256(c.held) << 64;
            s.owed[c.challenger] += c.stake;
            r.open--;
        } else if (c.state != SETTLED) {
            return;
        }
        (c.state, c.held, c.stake) = (NONE, 0, 0);
    }

    /// @dev Whether a stranger lost about what the merchant lost a vote about since: then anybody may try again.
    function _late(State storage s, Case storage c) private view returns (bool) {
        return c.state != OPEN && c.merchant != address(0) && c.day <= s.disputers[c.merchant] >> 240;
    }

    /// @notice What a case held is again money of its day, or free when the window is over.
    function _putBack(State storage s, Case storage c, Merchant.Account memory a) private {
        if (block.timestamp / 86_400 <= uint256(c.day) + s.params.windowDays) {
            s.ring[c.merchant][c.day % 32] += uint256(c.held) << 208;
            a.unmatured += c.held;
        } else {
            a.free += c.held;
        }
    }

    /// @notice Takes a payment's money out of its day, if the window is still open.
    function hold(State storage s, address m, Merchant.Account memory a, uint256 day, uint256 amount) internal {
        require(block.timestamp / 86_400 <= day + s.params.windowDays, Events.NotThatDay());
        uint256 entry = s.ring[m][day % 32];
        require(entry >> 208 >= amount && day > a.matured, Events.NotOpenable());
        s.ring[m][day % 32] = entry - (amount << 208);
        a.unmatured -= amount;
    }

    /// @notice Decides a case after its days. Anybody may call.
    function decide(State storage s, bytes32 leaf) external {
        Case storage c = s.cases[leaf];
        require(c.state == OPEN, Events.WrongState());
        uint256 from = c.opened + uint256(s.params.decisionDays) * 1 days;
        require(block.timestamp >= from, Events.TooEarly(0, from));
        (, Merchant.Record memory r) = Rolling.present(s, c.merchant);
        bool wins = _many(s, c, r) && Score.negative(c.goodAtOpen, r.bad, s.params.ratio);
        wins = _convicted(s, leaf, c, wins);
        (c.state, c.decided, c.buyerWins) = (DECIDED, uint40(block.timestamp), wins ? 1 : 0);
        emit Events.Decided(leaf, wins);
    }

    /// @notice A merchant that lost a vote loses every case about what was paid until that day, however much the disputes
    /// have faded when it is decided: who came first must not be the only one to get its money back.
    function _convicted(State storage s, bytes32 leaf, Case storage c, bool now_) private returns (bool) {
        if (now_) {
            bytes32 last = _last(c.merchant);
            (s.vote[leaf], s.vote[last]) = (s.vote[last], leaf);
            _convict(s, c.merchant, block.timestamp / 86_400);
        }
        return c.day <= s.disputers[c.merchant] >> 240;
    }

    /// @notice A vote that the arbitrator turned convicts nobody: then the last one before it that stands does.
    function _acquit(State storage s, address m) private {
        bytes32 last = _last(m);
        bytes32 vote = s.vote[last];
        while (vote != 0 && s.cases[vote].buyerWins == 0) vote = s.vote[vote];
        s.vote[last] = vote;
        _convict(s, m, s.cases[vote].decided / 1 days);
    }

    function _convict(State storage s, address m, uint256 day) private {
        s.disputers[m] = (s.disputers[m] << 16 >> 16) | day << 240;
    }

    /// @dev Where the list of the merchant's lost votes begins.
    function _last(address m) private pure returns (bytes32) {
        return bytes32(uint256(uint160(m)));
    }

    /// @notice Whether enough cases and cards are against the merchant. Those that it lost or conceded since this one was
    /// opened count, so that nobody buys off some buyers to keep the money of the others.
    function _many(State storage s, Case storage c, Merchant.Record memory r) private view returns (bool) {
        unchecked {
            uint256 n = s.disputers[c.merchant];
            uint256 cases = r.open + uint16(r.lost - c.lostAtOpen);
            uint256 cards = uint64(n) + uint16((n >> 128) - c.cardsAtOpen);
            return cases >= s.params.minimumCases && cards >= s.params.minimumCards;
        }
    }

    /// @notice The loser appeals: the arbitrator's cost comes with the call.
    function appeal(State storage s, bytes32 leaf) external {
        Case storage c = s.cases[leaf];
        require(c.state == DECIDED && s.params.arbitrator != address(0), Events.WrongState());
        uint256 end = c.decided + uint256(s.params.appealDays) * 1 days;
        require(block.timestamp <= end, Events.Expired());
        bool loser = c.buyerWins == 1
            ? msg.sender == c.merchant
            : msg.sender == c.challenger || msg.sender == s.config[c.card].owner;
        require(loser, Events.WrongSigner());
        (c.state, c.appealed, c.appellant) = (APPEALED, uint40(block.timestamp), msg.sender);
        uint256 id = _ask(s.params.arbitrator, leaf);
        c.disputeId = uint128(id);
        s.appeal[id] = leaf;
        emit Events.Appealed(leaf, id);
    }

    function _ask(address arbitrator, bytes32 leaf) private returns (uint256) {
        return IArbitrator(arbitrator).createDispute{value: msg.value}(2, abi.encode(leaf));
    }

    /// @notice The arbitrator's ruling: 1 the buyer, 2 the merchant, 0 as decided.
    function rule(State storage s, uint256 id, uint256 ruling) external {
        Case storage c = s.cases[s.appeal[id]];
        require(msg.sender == s.params.arbitrator && ruling <= 2, Events.WrongSigner());
        require(c.state == APPEALED && c.disputeId == id, Events.WrongState());
        c.state = RULED;
        if (ruling != 0) c.buyerWins = ruling == 1 ? 1 : 0;
        if (ruling == 2) _acquit(s, c.merchant);
        emit Events.Decided(s.appeal[id], c.buyerWins == 1);
    }

    /// @notice Pays out a case that nobody can change any more. Anybody may call.
    function settle(State storage s, bytes32 leaf) external {
        Case storage c = s.cases[leaf];
        uint256 from;
        if (c.state == DECIDED) from = c.decided + uint256(s.params.appealDays) * 1 days + 1;
        else if (c.state == APPEALED) from = c.appealed + uint256(s.params.silenceDays) * 1 days;
        else require(c.state == RULED, Events.WrongState());
        require(block.timestamp >= from, Events.TooEarly(0, from));
        _payOut(s, leaf, c, c.buyerWins == 1);
    }

    /// @notice The merchant gives in: the buyer gets its money now, the challenger its stake.
    function concede(State storage s, bytes32 leaf) external {
        Case storage c = s.cases[leaf];
        require(msg.sender == c.merchant, Events.NotTheMerchant());
        require(c.state == OPEN || c.state == DECIDED, Events.WrongState());
        _payOut(s, leaf, c, true);
    }

    /// @notice The merchant gives back a payment of a closed day, in whole or in part. The fee is burned out of the stake: a
    /// trade with oneself that is given back weighs as much as one that is claimed.
    function refund(State storage s, Chain.Payment calldata p, Chain.Proof calldata proof, uint256 amount) external {
        address m = address(uint160(p.head >> 96));
        require(msg.sender == m, Events.NotTheMerchant());
        (Merchant.Account memory a, Merchant.Record memory r) = Rolling.present(s, m);
        (bytes32 leaf,) = Chain.leafOf(s, p);
        Chain.check(s, p, leaf, proof);
        Case storage c = s.cases[leaf];
        require((c.state == NONE || c.state == SETTLED) && amount != 0, Events.NotOpenable());
        require(amount + c.refunded <= uint64(p.head >> 32), Events.NotOpenable());
        hold(s, m, a, p.day, amount);
        c.refunded += uint48(amount);
        s.purse[p.card] = Purse.credit(s.purse[p.card], amount);
        uint256 fee = amount * s.params.feeBps / 10_000;
        require(fee <= a.stake - a.advanced, Events.StakeNeeded());
        a.stake -= fee;
        Rolling.store(s, m, a, r);
        Money.push(s.params.token, Money.FIRE, fee);
        emit Events.Refunded(leaf, p.card, amount);
    }

    /// @notice Makes a card's disputes count: 30 days old, and paid three merchants in days that can still be proven.
    function season(State storage s, Chain.Payment[] calldata p, Chain.Proof[] calldata proof) external {
        require(p.length == 3 && proof.length == 3, Events.NoProof());
        address card = p[0].card;
        Config storage c = s.config[card];
        require(c.owner != address(0) && block.timestamp / 86_400 >= c.bornDay + 30, Events.NoProof());
        for (uint256 i; i < 3; i++) {
            require(p[i].card == card, Events.NoProof());
            for (uint256 k; k < i; k++) {
                require(p[i].head >> 96 != p[k].head >> 96, Events.NoProof());
            }
            (bytes32 leaf,) = Chain.leafOf(s, p[i]);
            Chain.check(s, p[i], leaf, proof[i]);
        }
        c.seasoned = true;
        emit Events.Seasoned(card);
    }

    /// @notice Cheating about a payment was proven: a case about it that is not paid out is won, whoever opened it.
    function win(State storage s, bytes32 leaf) internal {
        Case storage c = s.cases[leaf];
        if (c.state != NONE && c.state != SETTLED) _payOut(s, leaf, c, true);
    }

    /// @notice The held money goes to the buyer or to the merchant, the stake to the challenger or to the merchant. A
    /// challenger who is not the buyer also gets a tenth of the payment, out of the merchant's stake.
    function _payOut(State storage s, bytes32 leaf, Case storage c, bool buyerWins) private {
        address m = c.merchant;
        (Merchant.Account memory a, Merchant.Record memory r) = Rolling.present(s, m);
        uint256 held = c.held;
        s.disputers[m] -= held << 64;
        uint256 burned;
        if (buyerWins) {
            s.purse[c.card] = Purse.credit(s.purse[c.card], held);
            c.refunded += uint48(held);
            uint256 reward = c.byOwner ? 0 : held / 10;
            if (reward > a.stake - a.advanced) reward = a.stake - a.advanced;
            burned = held * s.params.penaltyBps / 10_000;
            if (burned > a.stake - a.advanced - reward) burned = a.stake - a.advanced - reward;
            a.stake -= reward + burned;
            s.owed[c.challenger] += c.stake + reward;
            r.lost++;
            a.leverage = 16;
        } else {
            a.free += c.stake;
            _putBack(s, c, a);
            if (c.byOwner) r.bad = _released(s, c, r.bad, held);
        }
        r.open--;
        if (c.counted && --s.disputed[m][c.card] == 0) {
            s.disputers[m]--;
            if (buyerWins) s.disputers[m] += 1 << 128;
        }
        (c.state, c.held, c.stake) = (SETTLED, 0, 0);
        Rolling.store(s, m, a, r);
        Money.push(s.params.token, Money.FIRE, burned);
        emit Events.Settled(leaf, buyerWins);
    }

    /// @notice The bad side without what is left of a case's weight, which has faded since it was opened.
    function _released(State storage s, Case storage c, uint256 bad, uint256 held) private view returns (uint256) {
        uint256 passed = block.timestamp / 86_400 - c.opened / 86_400;
        uint256 weight = _weight(s, held) * Score.keep(s.params.slope, passed) >> 32;
        return bad > weight ? bad - weight : 0;
    }

    function _weight(State storage s, uint256 amount) private view returns (uint256) {
        return amount < s.params.payerCap ? amount : s.params.payerCap;
    }
}
