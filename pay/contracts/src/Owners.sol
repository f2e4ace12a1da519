// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Events} from "./Events.sol";
import {Limits} from "./Limits.sol";
import {Messages} from "./Messages.sol";
import {Money} from "./Money.sol";
import {Purse} from "./Purse.sol";
import {Config, Pending, State} from "./State.sol";
import {Typed} from "./Typed.sol";

/// @title What an owner can do with a purse, carried by any relay: an owner without gas can revoke.
/// @notice Tightening is done at once. Loosening, and taking money out, is asked for, waits at least W blocks and the
/// owner's delay, and is then carried out by anybody; only the owner can take it back. So a purse's balance cannot fall
/// below what a merchant saw while the payment it holds is still good.
/// payee[card][payee] = block in which it was dropped 64 | limits until then 64 | limits 64.
library Owners {
    /// The kinds, by number. Up to CANCEL they are done at once.
    uint8 internal constant TIGHTEN = 0; //       value: settings, each no looser than now
    uint8 internal constant FREEZE = 1;
    uint8 internal constant REVOKE = 2;
    uint8 internal constant DROP_PAYEE = 3; //    to
    uint8 internal constant STOP_MANDATE = 4; //  more: the mandate's id
    uint8 internal constant CANCEL = 5; //        more: the request's id
    uint8 internal constant GIVE = 6; //          value: time until which the purse is a gift
    uint8 internal constant LOOSEN = 7; //        value: settings
    uint8 internal constant THAW = 8;
    uint8 internal constant EXIT = 9; //          value: amount, to
    uint8 internal constant MOVE = 10; //         value: amount, to: another purse of the same owner
    uint8 internal constant ALLOW_PAYEE = 11; //  value: perTx 12 | daily 12 | monthly 12, to
    uint8 internal constant SET_PHONE = 12; //    value: limits with it, to; more: 0
    uint8 internal constant SET_PASSKEY = 13; //  value: x, more: y
    uint8 internal constant SET_APPROVER = 14; // to
    uint8 internal constant SET_MAXIMUM = 15; //  value: balance
    uint8 internal constant SET_DELAY = 16; //    value: hours
    uint8 internal constant SET_RECOVERY = 17; // to
    uint8 internal constant SET_ATTESTER = 18; // to
    uint8 internal constant RECOVER = 19; //      to: the new owner; signed by the recovery key
    uint8 internal constant KINDS = 20;

    /// @notice An action on one purse, without its signature.
    struct Action {
        uint8 kind; // what is asked for: {FREEZE} ..
        address card; // whose purse
        uint256 value; // what it means says the kind, as do
        address to; // and
        bytes32 more; // together with value, up to 64 bytes
        uint256 deadline; // of the signature, seconds; not part of the request
    }

    /// @notice The verb of a kind, which is the name of its EIP-712 type.
    function verb(uint256 kind) public pure returns (string memory) {
        string[20] memory all = [
            "Tighten",
            "Freeze",
            "Revoke",
            "DropPayee",
            "StopMandate",
            "Cancel",
            "GiveAway",
            "Loosen",
            "Thaw",
            "Exit",
            "Move",
            "AllowPayee",
            "SetPhone",
            "SetPasskey",
            "SetApprover",
            "SetMaximum",
            "SetDelay",
            "SetRecovery",
            "SetAttester",
            "Recover"
        ];
        return all[kind];
    }

    /// @notice Opens a purse. The card's proof names the owner, and the owner names the card: neither can be used for
    /// another one, and a proof that was seen on the way is of no use to who saw it.
    function bind(
        State storage s,
        address card,
        address owner,
        uint256 settings,
        uint256 deadline,
        bytes32 r,
        bytes32 vs,
        bytes calldata signature
    ) external {
        _possesses(s, card, owner, r, vs);
        require(s.purse[card] == 0, Events.AlreadyBound());
        _fits(settings >> 12);
        if (msg.sender != owner) {
            require(block.timestamp <= deadline, Events.Expired());
            bytes32 digest = Typed.purse(card, settings, s.nonce[owner]++, deadline);
            require(SignatureChecker.isValidSignatureNow(owner, digest, signature), Events.WrongSigner());
        }
        s.purse[card] = (settings & ((1 << 48) - 1) & ~uint256(63)) | (settings & Purse.ATTESTED) | Purse.ACTIVE;
        Config storage c = s.config[card];
        (c.owner, c.bornDay, c.maximum) = (owner, uint16(block.timestamp / 86_400), type(uint48).max);
        emit Events.Bound(card, owner);
        emit Events.Configured(card, s.purse[card] & ((1 << 48) - 1));
    }

    /// @notice A gift card's new owner is who shows its proof of possession, which takes the code under the scratch
    /// field. What the giver had asked for is void.
    function claimGift(State storage s, address card, address owner, bytes32 r, bytes32 vs) external {
        _possesses(s, card, owner, r, vs);
        Config storage c = s.config[card];
        require(c.owner != address(0) && c.owner != owner && c.giftUntil >= block.timestamp, Events.WrongSigner());
        (c.owner, c.giftUntil, c.phone, c.approver, c.recovery) = (owner, 0, address(0), address(0), address(0));
        (c.passkeyX, c.passkeyY, c.leaving) = (0, 0, 0);
        c.generation++;
        emit Events.Bound(card, owner);
    }

    /// @dev The card has signed for this owner, who is somebody else than the card itself.
    function _possesses(State storage s, address card, address owner, bytes32 r, bytes32 vs) private view {
        address by = Messages.signer(Messages.possession(s.params.token, card, owner), r, vs);
        require(by != address(0) && by == card && owner != address(0) && owner != card, Events.WrongSigner());
    }

    /// @notice Puts the caller's tokens into a purse that is bound and not revoked.
    function deposit(State storage s, address card, uint256 amount) external {
        uint256 w = s.purse[card];
        require(w & Purse.ACTIVE != 0, Events.UnknownPurse());
        require(w & Purse.REVOKED == 0, Events.RevokedForGood());
        uint256 got = Money.pull(s.params.token, msg.sender, amount);
        _credit(s, card, got);
        emit Events.Deposited(card, got);
    }

    /// @notice Does an action, or takes it as a request.
    function act(State storage s, Action calldata a, bytes calldata signature) external {
        require(a.kind < KINDS, Events.NotRequested());
        Config storage c = s.config[a.card];
        require(c.owner != address(0), Events.UnknownPurse());
        require(c.giftUntil < block.timestamp, Events.StillAGift(c.giftUntil));
        _authorise(s, a, a.kind == RECOVER ? c.recovery : c.owner, signature);
        if (a.kind < LOOSEN) {
            _now(s, c, a);
            emit Events.Done(a.card, id(c.owner, a), a.kind);
        } else {
            _request(s, c, a);
        }
    }

    /// @notice The name of a request: who owns the purse, and what is asked for.
    function id(address owner, Action calldata a) public pure returns (bytes32) {
        return keccak256(abi.encode(owner, a.kind, a.card, a.value, a.to, a.more));
    }

    /// @notice Carries out a request whose delay has passed.
    function execute(State storage s, Action calldata a) external {
        Config storage c = s.config[a.card];
        bytes32 key = id(c.owner, a);
        Pending memory p = s.pending[key];
        require(p.fromTime != 0 && p.generation == c.generation, Events.NotRequested());
        // what was asked for before a tightening does not undo it
        bool late = p.fromBlock >= c.tightenedIn + s.params.anchorLife + 1;
        require(late || a.kind == EXIT || a.kind == MOVE || a.kind >= SET_APPROVER, Events.NotRequested());
        require(block.number >= p.fromBlock && block.timestamp >= p.fromTime, Events.TooEarly(p.fromBlock, p.fromTime));
        require(c.giftUntil < block.timestamp, Events.StillAGift(c.giftUntil));
        c.leaving -= p.leaving;
        delete s.pending[key];
        _later(s, c, a);
        emit Events.Done(a.card, key, a.kind);
    }

    function _authorise(State storage s, Action calldata a, address who, bytes calldata signature) private {
        require(who != address(0), Events.WrongSigner());
        if (msg.sender == who) return;
        require(block.timestamp <= a.deadline, Events.Expired());
        bytes32 digest = Typed.action(verb(a.kind), a.card, a.value, a.to, a.more, s.nonce[who]++, a.deadline);
        require(SignatureChecker.isValidSignatureNow(who, digest, signature), Events.WrongSigner());
    }

    function _request(State storage s, Config storage c, Action calldata a) private {
        bytes32 key = id(c.owner, a);
        Pending storage old = s.pending[key];
        require(old.fromTime == 0 || old.generation != c.generation, Events.AlreadyRequested());
        uint256 delay = uint256(c.delayHours) * 1 hours;
        if (delay < s.params.ownerDelay) delay = s.params.ownerDelay;
        uint48 fromBlock = uint48(block.number + s.params.anchorLife + 1);
        uint48 fromTime = uint48(block.timestamp + delay);
        uint48 leaving;
        if (a.kind == EXIT || a.kind == MOVE) {
            require(a.value >> 48 == 0, Events.OverMaximum(type(uint48).max));
            leaving = uint48(a.value); // also what is not there yet: money may come in until then
            c.leaving += leaving;
        }
        s.pending[key] = Pending(a.card, fromBlock, fromTime, leaving, c.generation);
        emit Events.Requested(a.card, key, a.kind, fromBlock, fromTime);
    }

    function _now(State storage s, Config storage c, Action calldata a) private {
        uint256 w = s.purse[a.card];
        if (a.kind <= DROP_PAYEE) _remember(s, c, w);
        if (a.kind == TIGHTEN) {
            require(_tighter(w, a.value), Events.Looser());
            _configure(s, a.card, (a.value & ~uint256(63)) | ((w | a.value & Purse.ATTESTED) & 63));
        } else if (a.kind == FREEZE) {
            _configure(s, a.card, w | Purse.FROZEN);
        } else if (a.kind == REVOKE) {
            require(w & Purse.REVOKED == 0, Events.RevokedForGood());
            _configure(s, a.card, w | Purse.REVOKED);
        } else if (a.kind == DROP_PAYEE) {
            uint256 own = uint64(s.payee[a.card][a.to]);
            if (own != 0) s.payee[a.card][a.to] = block.number << 128 | own << 64;
        } else if (a.kind == STOP_MANDATE) {
            require(s.mandate[a.more] >> 96 == uint160(a.card), Events.NoMandate());
            s.mandate[a.more] |= 1 << 95;
        } else if (a.kind == CANCEL) {
            Pending storage p = s.pending[a.more];
            require(p.card == a.card && p.generation == c.generation, Events.NotRequested());
            c.leaving -= p.leaving;
            delete s.pending[a.more];
            emit Events.Cancelled(a.card, a.more);
        } else {
            require(a.value > block.timestamp && a.value >> 40 == 0, Events.Nothing());
            c.giftUntil = uint40(a.value);
            emit Events.Gift(a.card, a.value);
        }
    }

    /// @notice Notes the settings before a tightening, for what the purse's approver had approved by then. While one is
    /// remembered whose payments may still come, the next one does not replace it.
    function _remember(State storage s, Config storage c, uint256 w) private {
        if (c.tightenedAt == 0 || block.number > c.tightenedIn + s.params.anchorLife) {
            c.before = uint48(w);
        }
        (c.tightenedAt, c.tightenedIn) = (uint40(block.timestamp), uint48(block.number));
    }

    function _later(State storage s, Config storage c, Action calldata a) private {
        uint256 w = s.purse[a.card];
        if (a.kind == LOOSEN) {
            _fits(a.value >> 12);
            _configure(s, a.card, (a.value & ~uint256(63)) | (w & 63 & ~Purse.ATTESTED) | (a.value & Purse.ATTESTED));
        } else if (a.kind == THAW) {
            _configure(s, a.card, w & ~Purse.FROZEN);
        } else if (a.kind == EXIT) {
            require(a.to != address(0) && a.to != address(this), Events.Nothing());
            uint256 out = _take(s, a.card, a.value);
            Money.push(s.params.token, a.to, out);
        } else if (a.kind == MOVE) {
            require(s.config[a.to].owner == c.owner && a.to != a.card, Events.UnknownPurse());
            require(s.purse[a.to] & Purse.REVOKED == 0, Events.RevokedForGood());
            _credit(s, a.to, _take(s, a.card, a.value));
        } else {
            _set(s, c, a);
        }
    }

    function _set(State storage s, Config storage c, Action calldata a) private {
        if (a.kind == ALLOW_PAYEE) {
            _fits(a.value);
            s.payee[a.card][a.to] = a.value & 0xfffffffff;
            _configure(s, a.card, s.purse[a.card] | Purse.PAYEES);
        } else if (a.kind == SET_PHONE) {
            require(a.to != a.card, Events.WrongSigner());
            _fits(a.value);
            (c.phone, c.upper) = (a.to, uint40(a.value & 0xfffffffff));
        } else if (a.kind == SET_PASSKEY) {
            (c.passkeyX, c.passkeyY) = (bytes32(a.value), a.more);
        } else if (a.kind == SET_APPROVER) {
            c.approver = a.to;
        } else if (a.kind == SET_MAXIMUM) {
            c.maximum = uint48(a.value > type(uint48).max ? type(uint48).max : a.value);
        } else if (a.kind == SET_DELAY) {
            c.delayHours = uint16(a.value > 720 ? 720 : a.value);
        } else if (a.kind == SET_RECOVERY) {
            c.recovery = a.to;
        } else if (a.kind == SET_ATTESTER) {
            c.attester = a.to;
        } else if (a.kind == RECOVER) {
            require(a.to != address(0) && a.to != a.card, Events.WrongSigner());
            (c.owner, c.recovery, c.leaving) = (a.to, address(0), 0);
            c.generation++;
            emit Events.Bound(a.card, a.to);
        }
    }

    /// @notice Takes up to `amount` from a purse: payments that settled during the delay come first.
    function _take(State storage s, address card, uint256 amount) private returns (uint256 out) {
        uint256 w = s.purse[card];
        out = Purse.balance(w);
        if (out > amount) out = amount;
        s.purse[card] = Purse.debit(w, out);
    }

    function _credit(State storage s, address card, uint256 amount) private {
        uint256 w = s.purse[card];
        uint256 maximum = s.config[card].maximum;
        require(amount <= maximum && Purse.balance(w) <= maximum - amount, Events.OverMaximum(maximum));
        s.purse[card] = Purse.credit(w, amount);
    }

    function _configure(State storage s, address card, uint256 settings) private {
        s.purse[card] = Purse.configured(s.purse[card], settings);
        emit Events.Configured(card, settings & ((1 << 48) - 1));
    }

    /// @notice Whether every limit is at most the one now, and the cooldown at least.
    function _tighter(uint256 w, uint256 next) private pure returns (bool) {
        for (uint256 shift = 12; shift <= 36; shift += 12) {
            if (Limits.decode((next >> shift) & 0xfff) > Limits.decode((w >> shift) & 0xfff)) return false;
        }
        return Purse.cooldown(next) >= Purse.cooldown(w);
    }

    /// @notice Daily and monthly limits have to fit into the 40 bits of what is spent.
    function _fits(uint256 limits) private pure {
        bool ok = Limits.decode(limits & 0xfff) >> 40 == 0 && Limits.decode((limits >> 12) & 0xfff) >> 40 == 0;
        require(ok, Events.BadLimit());
    }
}
