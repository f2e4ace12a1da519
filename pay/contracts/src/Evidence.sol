// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Chain} from "./Chain.sol";
import {Court} from "./Court.sol";
import {Events} from "./Events.sol";
import {Merchant} from "./Merchant.sol";
import {Messages} from "./Messages.sol";
import {Money} from "./Money.sol";
import {Purse} from "./Purse.sol";
import {Rolling} from "./Rolling.sol";
import {Case, State} from "./State.sol";

/// @title Cheating that its own signatures prove: no vote, no waiting.
/// @notice Only what the merchant's side signed can convict it, never what a payer can make alone. The buyer is made whole
/// first, the challenger gets a tenth of what is slashed, the rest is burned: challenging oneself costs nine tenths.
library Evidence {
    /// @notice A terminal's key, certified by its merchant's signature over tag 8 | chain 8 | vault 20 | merchant 20 |
    /// terminal 20.
    struct Terminal {
        address key; // the terminal's address
        bytes certificate; // the merchant's signature, or an ERC-1271 one
    }

    /// @notice An offer: tag 8 | chain 8 | vault 20 | id 16 | merchant 20 | terminal 20 | amount 8 | rest 32, where rest is
    /// the hash of fiat amount, rate, items, time and expiry.
    struct Offer {
        bytes16 id; // unique to its merchant
        uint64 amount; // in 1e-6 token
        bytes32 rest; // hash of what the chain does not need
        bytes32 r; // the terminal's signature, compact: r, and
        bytes32 vs; // s with the recovery id in its top bit
    }

    /// @notice Two offers of one id, one of them settled.
    function twoOffers(
        State storage s,
        Chain.Payment calldata p,
        Chain.Proof calldata proof,
        Terminal calldata t,
        Offer calldata x,
        Offer calldata y
    ) external {
        address m = address(uint160(p.head >> 96));
        _certified(m, t);
        bytes32 hx = _offer(m, t.key, x);
        bytes32 hy = _offer(m, t.key, y);
        bool signed = Messages.signer(hx, x.r, x.vs) == t.key && Messages.signer(hy, y.r, y.vs) == t.key;
        require(signed && x.id == y.id && hx != hy && p.offer == hx, Events.NoProof());
        _convict(s, p, proof, keccak256(abi.encode(m, x.id)));
    }

    /// @notice A receipt for a settled payment that says another amount.
    /// @param amount what the receipt says; signed by the terminal: tag 8 | chain 8 | vault 20 | digest 32 | amount 8
    function wrongReceipt(
        State storage s,
        Chain.Payment calldata p,
        Chain.Proof calldata proof,
        Terminal calldata t,
        uint64 amount,
        bytes32 r,
        bytes32 vs
    ) external {
        _certified(address(uint160(p.head >> 96)), t);
        (bytes32 leaf, bytes32 digest) = Chain.leafOf(s, p);
        bytes32 receipt =
            sha256(abi.encodePacked(Messages.RECEIPT, uint64(block.chainid), address(this), digest, amount));
        bool signed = Messages.signer(receipt, r, vs) == t.key;
        require(signed && amount != uint64(p.head >> 32), Events.NoProof());
        _convict(s, p, proof, leaf);
    }

    /// @notice One offer settled twice, for the same amount: the second payment goes back to its payer, and nothing is
    /// slashed, because a payer can bring this about alone. For the same reason it is the payer who bears the fee. `p` is what
    /// goes back.
    function settledTwice(
        State storage s,
        Chain.Payment calldata p,
        Chain.Proof calldata proof,
        Chain.Payment calldata q,
        Chain.Proof calldata other
    ) external {
        (bytes32 x,) = Chain.leafOf(s, p);
        (bytes32 y,) = Chain.leafOf(s, q);
        bool same = p.offer == q.offer && p.offer != 0 && p.head >> 32 == q.head >> 32 && x != y;
        (bytes32 given, bytes32 kept) = (_twice(x), _twice(y));
        require(same && !s.proven[given] && !s.proven[kept], Events.NoProof());
        s.proven[given] = true;
        Chain.check(s, q, y, other);
        address m = address(uint160(p.head >> 96));
        (Merchant.Account memory a, Merchant.Record memory r) = Rolling.present(s, m);
        _undisputed(s, s.cases[x], a, r);
        _undisputed(s, s.cases[y], a, r);
        // what went back already is not what was kept
        require(s.cases[y].refunded == 0, Events.NoProof());
        Chain.check(s, p, x, proof);
        uint256 fee = _whole(s, a, m, p, x, s.params.feeBps);
        Rolling.store(s, m, a, r);
        Money.push(s.params.token, Money.FIRE, fee);
        emit Events.Proven(m, msg.sender, 0, 0);
    }

    /// @dev No case is about it but such as a stranger lost or still may lose.
    function _undisputed(State storage s, Case storage c, Merchant.Account memory a, Merchant.Record memory r) private {
        Court.displace(s, c, a, r);
        require(c.state == Court.NONE || c.state == Court.SETTLED, Events.NoProof());
    }

    /// @notice What notes that a payment was given back as the second one; a receipt for it can still convict.
    function _twice(bytes32 leaf) private pure returns (bytes32) {
        return keccak256(abi.encode("twice", leaf));
    }

    function _convict(State storage s, Chain.Payment calldata p, Chain.Proof calldata proof, bytes32 once) private {
        require(!s.proven[once], Events.NoProof());
        s.proven[once] = true;
        address m = address(uint160(p.head >> 96));
        Rolling.present(s, m);
        (bytes32 leaf,) = Chain.leafOf(s, p);
        Chain.check(s, p, leaf, proof);
        Court.win(s, leaf);
        (Merchant.Account memory a, Merchant.Record memory r) = Rolling.present(s, m);
        _whole(s, a, m, p, leaf, 0);
        uint256 lost = (a.stake - a.advanced) * s.params.slashBps / 10_000;
        a.stake -= lost;
        a.leverage = 16;
        r.lost++;
        uint256 reward = lost / 10;
        s.owed[msg.sender] += reward;
        Rolling.store(s, m, a, r);
        Money.push(s.params.token, Money.FIRE, lost - reward);
        emit Events.Proven(m, msg.sender, lost, reward);
    }

    /// @notice Gives the payer back what it has not got back yet, less a fee. After the window nothing is left of a payment
    /// about which a case was lost.
    /// @return fee what is to be burned
    function _whole(
        State storage s,
        Merchant.Account memory a,
        address m,
        Chain.Payment calldata p,
        bytes32 leaf,
        uint256 feeBps
    ) private returns (uint256 fee) {
        Case storage c = s.cases[leaf];
        uint256 amount = uint64(p.head >> 32) - c.refunded;
        bool over = block.timestamp / 86_400 > p.day + s.params.windowDays;
        if (amount == 0 || (c.state != Court.NONE && over)) return 0;
        Court.hold(s, m, a, p.day, amount);
        c.refunded += uint48(amount);
        fee = amount * feeBps / 10_000;
        s.purse[p.card] = Purse.credit(s.purse[p.card], amount - fee);
        emit Events.Refunded(leaf, p.card, amount - fee);
    }

    function _certified(address m, Terminal calldata t) private view {
        bytes32 digest =
            sha256(abi.encodePacked(Messages.TERMINAL, uint64(block.chainid), address(this), m, t.key));
        bool ok = t.key != address(0) && SignatureChecker.isValidSignatureNow(m, digest, t.certificate);
        require(ok, Events.WrongSigner());
    }

    function _offer(address m, address terminal, Offer calldata o) private view returns (bytes32) {
        return sha256(
            abi.encodePacked(
                Messages.OFFER, uint64(block.chainid), address(this), o.id, m, terminal, o.amount, o.rest
            )
        );
    }
}
