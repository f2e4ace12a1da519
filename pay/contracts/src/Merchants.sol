// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Events} from "./Events.sol";
import {Merchant} from "./Merchant.sol";
import {Money} from "./Money.sol";
import {Rolling} from "./Rolling.sol";
import {Score} from "./Score.sol";
import {State} from "./State.sol";

/// @title The registry: open to anyone with a stake.
library Merchants {
    using Merchant for uint256;

    /// @notice Registers the caller. Its first day starts at once, with room for its stake.
    function register(State storage s, bytes32 record, address payout, uint256 amount) external {
        address m = msg.sender;
        require(s.today[m] == 0, Events.AlreadyRegistered());
        require(record != 0 && payout != address(0) && payout != address(this), Events.Nothing());
        uint256 got = Money.pull(s.params.token, m, amount);
        require(got >= s.params.leastStake, Events.StakeTooSmall(s.params.leastStake));
        uint256 day = block.timestamp / 86_400;
        Merchant.Account memory a;
        Merchant.Record memory r;
        (a.stake, a.leverage, a.lastDay, a.flags, a.matured) =
            (got, 16, day, Merchant.REGISTERED, day - s.params.windowDays - 1);
        (s.payout[m], s.record[m]) = (payout, record);
        s.today[m] = day << 144 | Merchant.seed(m, day);
        Rolling.store(s, m, a, r);
        emit Events.Registered(m, record, payout);
        emit Events.Staked(m, got);
    }

    /// @notice Changes the caller's record and where its money goes. What others attested was the old record.
    function describe(State storage s, bytes32 record, address payout) external {
        require(s.merchant[msg.sender] & Merchant.REGISTERED != 0, Events.Unregistered());
        require(record != 0 && payout != address(0) && payout != address(this), Events.Nothing());
        (s.payout[msg.sender], s.record[msg.sender]) = (payout, record);
        emit Events.Registered(msg.sender, record, payout);
    }

    /// @notice Carries an attester's word: its EIP-712 signature, in `digest`, over merchant and record.
    function attest(State storage s, address m, address attester, bytes32 digest, bytes calldata signature) external {
        require(SignatureChecker.isValidSignatureNow(attester, digest, signature), Events.WrongSigner());
        s.attested[m][attester] = s.record[m];
        emit Events.Attested(m, attester, s.record[m]);
    }

    /// @notice Adds to anybody's stake; the room grows at once.
    function stake(State storage s, address m, uint256 amount) external {
        require(s.merchant[m] & Merchant.REGISTERED != 0, Events.Unregistered());
        uint256 got = Money.pull(s.params.token, msg.sender, amount); // before anything is read that it may change
        (Merchant.Account memory a, Merchant.Record memory r) = Rolling.present(s, m);
        a.stake += got;
        Rolling.store(s, m, a, r);
        emit Events.Staked(m, got);
    }

    /// @notice The caller takes no more payments.
    function close(State storage s) external {
        (Merchant.Account memory a, Merchant.Record memory r) = Rolling.present(s, msg.sender);
        a.flags |= Merchant.CLOSING;
        Rolling.store(s, msg.sender, a, r);
        emit Events.Closing(msg.sender);
    }

    /// @notice Pays out what is free, to the merchant's payout address, less the fee that is burned. Anybody may call.
    function claim(State storage s, address m) external returns (uint256 out) {
        (Merchant.Account memory a, Merchant.Record memory r) = Rolling.present(s, m);
        Rolling.sweep(s, m, a, block.timestamp / 86_400);
        uint256 back = a.free < a.advanced ? a.free : a.advanced;
        a.advanced -= back;
        out = a.free - back;
        a.free = 0;
        Rolling.store(s, m, a, r);
        _payOut(s, m, out);
    }

    /// @notice Pays out before the money is free, at most what lies here and at most the stake, with what is advanced
    /// already. The caller only. Cases, lost ones as well until they fade, are in the way once they weigh a quarter of what
    /// loses them, against the trade alone: the stake is what is lent.
    function advance(State storage s, uint256 amount) external {
        (Merchant.Account memory a, Merchant.Record memory r) = Rolling.present(s, msg.sender);
        uint256 most = a.unmatured + a.free;
        if (most > a.stake) most = a.stake;
        most = most > a.advanced ? most - a.advanced : 0;
        bool doubtful = Score.negative(r.good, r.bad, s.params.ratio / 4);
        if (a.flags & Merchant.CLOSING != 0 || doubtful) most = 0;
        require(amount != 0 && amount <= most, Events.NotFree(most));
        a.advanced += amount;
        Rolling.store(s, msg.sender, a, r);
        emit Events.Advanced(msg.sender, amount);
        _payOut(s, msg.sender, amount);
    }

    /// @notice Gives a closing merchant its stake back when nothing is unmatured and no case is open.
    function withdraw(State storage s) external {
        address m = msg.sender;
        (Merchant.Account memory a, Merchant.Record memory r) = Rolling.present(s, m);
        Rolling.sweep(s, m, a, block.timestamp / 86_400);
        bool idle = a.unmatured == 0 && r.open == 0 && s.today[m].room() == r.roomAtStart;
        require(a.flags & Merchant.CLOSING != 0 && idle, Events.StakeNeeded());
        uint256 out = a.stake + a.free - a.advanced;
        uint256 fee = a.free > a.advanced ? a.free - a.advanced : 0;
        (a.stake, a.free, a.advanced, a.leverage) = (0, 0, 0, 0);
        Rolling.store(s, m, a, r);
        Money.push(s.params.token, s.payout[m], out - fee);
        _payOut(s, m, fee);
    }

    /// @notice Closes the merchant's day if it is over. Anybody may call.
    function roll(State storage s, address m) external {
        Rolling.present(s, m);
    }

    function _payOut(State storage s, address m, uint256 amount) private {
        uint256 fee = amount * s.params.feeBps / 10_000;
        Money.push(s.params.token, Money.FIRE, fee);
        Money.push(s.params.token, s.payout[m], amount - fee);
        emit Events.Claimed(m, amount, fee);
    }

    /// @notice Pays the caller the stakes and rewards that it got back.
    function collect(State storage s) external returns (uint256 out) {
        out = s.owed[msg.sender];
        require(out != 0, Events.Nothing());
        s.owed[msg.sender] = 0;
        Money.push(s.params.token, msg.sender, out);
    }
}
