// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {WebAuthn} from "@openzeppelin/contracts/utils/cryptography/WebAuthn.sol";
import {Events} from "./Events.sol";
import {Messages} from "./Messages.sol";
import {Money} from "./Money.sol";
import {Purse} from "./Purse.sol";
import {Bonded, Config, State} from "./State.sol";

/// @title The bonds of approvers.
/// @notice An approver could backdate: sign after a revocation with a time before it. Its bond bounds what it can do
/// so, and what it approved beyond purse and bond is provable and costs the bond.
library Bonds {
    /// How long a bond stays after it was asked back: longer than any anchor lives.
    uint256 internal constant NOTICE = 14 days;

    /// @notice One of two approvals that cannot both be good.
    struct Promise {
        uint256 head; // merchant 20 | amount 8 | counter 4
        uint256 anchor; // its block number
        bytes32 hash; // the anchor's
        bytes32 offer; // the offer's hash
        bytes16 challenge; // of the card's tap
        uint256 times; // time 4 | expiry 4 | rate amount 8 | flags 4, in the low 20 bytes
        bytes32 r; // the approver's signature, compact: r, and
        bytes32 vs; // s with the recovery id in its top bit
    }

    /// @notice Adds the caller's tokens to anybody's bond.
    function add(State storage s, address approver, uint256 amount) external {
        Bonded storage b = s.bond[approver];
        uint256 got = Money.pull(s.params.token, msg.sender, amount);
        require(got + b.amount >> 48 == 0, Events.OverMaximum(type(uint48).max));
        b.amount += uint64(got);
        emit Events.Bond(approver, b.amount);
    }

    /// @notice The caller asks part of its bond back; it stays, and counts, for the notice.
    function ask(State storage s, uint256 amount) external {
        Bonded storage b = s.bond[msg.sender];
        require(amount <= b.amount, Events.OverBond(b.amount));
        (b.leaving, b.fromTime) = (uint64(amount), uint40(block.timestamp + NOTICE));
    }

    /// @notice The caller takes what it asked back, less what payments after revocations used lately.
    function take(State storage s) external {
        Bonded storage b = s.bond[msg.sender];
        require(b.leaving != 0, Events.NotRequested());
        require(block.timestamp >= b.fromTime, Events.TooEarly(0, b.fromTime));
        require(block.timestamp > b.usedUntil || b.used == 0, Events.TooEarly(0, b.usedUntil));
        uint256 out = b.leaving < b.amount ? b.leaving : b.amount;
        (b.leaving, b.amount, b.used) = (0, b.amount - uint64(out), 0);
        Money.push(s.params.token, msg.sender, out);
        emit Events.Bond(msg.sender, b.amount);
    }

    /// @notice Counts a payment after a revocation against its approver's bond, for the notice.
    function use(State storage s, address approver, uint256 amount) external {
        Bonded storage b = s.bond[approver];
        uint256 used = block.timestamp > b.usedUntil ? 0 : b.used;
        uint256 bond = b.amount - b.leaving;
        require(amount + used <= bond, Events.OverBond(bond > used ? bond - used : 0));
        (b.used, b.usedUntil) = (uint64(used + amount), uint40(block.timestamp + NOTICE));
    }

    /// @notice Two approvals of one card for payments that both may still settle and did not, and together are above what
    /// purse and bond hold. An honest approver knows every approval it gave, and sees every exit W blocks before; what it
    /// does not see is what the card spent meanwhile without it, so that counts as being there still.
    /// The reporter gets a tenth, the rest is burned. The caller has checked that both anchors live.
    function slash(State storage s, address card, Promise calldata x, Promise calldata y) external {
        Config storage c = s.config[card];
        bool live = _stands(s, c.approver, card, x) && _stands(s, c.approver, card, y);
        Bonded storage b = s.bond[c.approver];
        uint256 sum = uint256(uint64(x.head >> 32)) + uint64(y.head >> 32);
        bool two = uint32(x.head) != uint32(y.head);
        require(live && two && sum > Purse.had(s.purse[card], block.timestamp / 86_400) + b.amount, Events.NoProof());
        uint256 lost = b.amount;
        require(lost != 0, Events.Nothing());
        (b.amount, b.leaving) = (0, 0);
        Money.push(s.params.token, msg.sender, lost / 10);
        Money.push(s.params.token, Money.FIRE, lost - lost / 10);
        emit Events.BondSlashed(c.approver, msg.sender, lost, lost / 10);
    }

    /// @notice Whether a passkey signed this challenge, user verification included.
    function passkey(State storage s, address card, bytes memory challenge, WebAuthn.WebAuthnAuth calldata auth)
        external
        view
        returns (bool)
    {
        Config storage c = s.config[card];
        return c.passkeyX != 0 && WebAuthn.verify(challenge, auth, c.passkeyX, c.passkeyY);
    }

    /// @notice Whether an approval is the approver's, its payment may still come, and has not.
    function _stands(State storage s, address approver, address card, Promise calldata p) private view returns (bool) {
        bytes32 digest = Messages.payment(Messages.PAY, s.params.token, p.head, p.anchor, p.hash, p.offer);
        bytes32 token = Messages.approval(card, p.challenge, digest, p.times);
        if (approver == address(0) || Messages.signer(token, p.r, p.vs) != approver) return false;
        if (block.timestamp > uint32(p.times >> 96)) return false;
        if (uint32(p.times >> 128) / 30 days != block.timestamp / 30 days) return false; // see {Purse.had}
        return uint32(p.head) > Purse.counter(s.purse[card]);
    }
}
