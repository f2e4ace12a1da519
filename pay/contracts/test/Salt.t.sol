// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Salt} from "../src/Salt.sol";
import {Params} from "../src/State.sol";
import {Reason} from "../src/Reason.sol";
import {Events} from "../src/Events.sol";
import {Base} from "./Base.sol";
import {vm} from "./Vm.sol";

contract SaltTest is Base {
    Salt internal salt;
    address[] internal operators = [address(0x01), address(0x02), address(0x03)];

    function secret(uint256 i, uint256 n) internal pure returns (bytes32) {
        return keccak256(abi.encode("secret", i, n));
    }

    function commit(uint256 i, uint256 n) internal pure returns (bytes32) {
        return keccak256(abi.encode(secret(i, n)));
    }

    function setUp() public override {
        bytes32[] memory first = new bytes32[](3);
        for (uint256 i; i < 3; i++) {
            first[i] = commit(i, 0);
        }
        vm.roll(100);
        salt = new Salt(160, 2, 80, operators, first);
        super.setUp();
    }

    function parameters() internal view override returns (Params memory p) {
        p = super.parameters();
        p.salt = address(salt);
        p.anchorLife = 320;
    }

    function reveal(uint256 i, uint256 n) internal {
        vm.prank(operators[i]);
        salt.reveal(secret(i, n), commit(i, n + 1));
    }

    function testAQuorumMakesTheSaltOnce() public {
        reveal(0, 0);
        require(salt.saltOf(height / 160) == 0, "too early");
        reveal(2, 0);
        require(salt.saltOf(height / 160) != 0, "no salt");
    }

    /// @notice Who comes after the quorum has shown a secret to everybody: it is spent, and makes no later salt.
    function testASecretThatComesLateIsSpentAndDoesNotCount() public {
        reveal(0, 0);
        reveal(2, 0);
        bytes32 made = salt.saltOf(height / 160);
        reveal(1, 0);
        require(salt.saltOf(height / 160) == made, "another salt");
        require(salt.commitment(operators[1]) == commit(1, 1), "not spent");
        eq(salt.count(height / 160), 2, "revealed");
        vm.prank(operators[1]);
        vm.expectRevert(Salt.NotNow.selector);
        salt.reveal(secret(1, 1), commit(1, 2));
        pass(160, 1);
        vm.prank(operators[1]);
        vm.expectRevert(Salt.NotCommitted.selector);
        salt.reveal(secret(1, 0), commit(1, 1));
        reveal(1, 1);
        reveal(0, 1);
        require(salt.saltOf(height / 160) != 0, "no salt");
    }

    function testOneOperatorDoesNotCountTwice() public {
        reveal(0, 0);
        vm.prank(operators[0]);
        vm.expectRevert(Salt.NotNow.selector);
        salt.reveal(secret(0, 1), commit(0, 2));
        vm.prank(operators[0]);
        vm.expectRevert(Salt.NotCommitted.selector);
        salt.reveal(secret(0, 0), commit(0, 1));
        vm.prank(address(0xbad));
        vm.expectRevert(Salt.NotCommitted.selector);
        salt.reveal(secret(1, 0), commit(1, 1));
    }

    function testWhenOperatorsStopAnybodyGoesOn() public {
        pass(160 - height % 160, 1);
        vm.expectRevert(Salt.NotNow.selector);
        salt.wake();
        pass(80, 1);
        salt.wake();
        require(salt.saltOf(height / 160) != 0, "no salt");
    }

    /// @notice A leaked secret lets nobody sign for a later round: its salt depends on what is not out yet.
    function testAPaymentIsForTheRoundOfItsAnchor() public {
        pass(160 - height % 160 + 80, 1);
        salt.wake();
        uint256 a = newest();
        uint256 head = headOf(merchant, 1e6, 1);
        bytes32 d = sha256(
            abi.encodePacked(
                bytes8("TAPPAY\x00\x01"),
                uint64(block.chainid),
                address(vault),
                address(dollar),
                head,
                uint64(a),
                salt.saltAt(a),
                bytes32("o")
            )
        );
        (bytes32 r, bytes32 vs) = vm.signCompact(CARD, d);
        vm.expectRevert(abi.encodeWithSelector(Events.Refused.selector, Reason.Anchor));
        vault.pay(head, a + 160, "o", r, vs);
        vault.pay(head, a, "o", r, vs);
        eq(balance(card), 899e6, "purse");
        pass(321, 1);
        vm.expectRevert(abi.encodeWithSelector(Events.Refused.selector, Reason.Anchor));
        vault.pay(head, a, "o", r, vs);
    }

    /// @notice What the salt of the next round will be if these two reveal these secrets.
    function foretold(bytes32 first, bytes32 second) internal view returns (bytes32) {
        bytes32 mix = keccak256(abi.encode(operators[0], first)) ^ keccak256(abi.encode(operators[2], second));
        uint256 next = uint256(keccak256(abi.encode(salt.last(), height / 160 + 1, mix)));
        return bytes32(next >> 64 << 64);
    }

    /// @notice The card's signature over a payment with an anchor of the next round and this salt.
    function ahead(bytes32 guess) internal returns (uint256 a, uint256 head, bytes32 r, bytes32 vs) {
        (a, head) = ((height / 160 + 1) * 160, headOf(merchant, 1e6, 1));
        (r, vs) = vm.signCompact(CARD, digestWith(head, a, guess, "o"));
    }

    function testOneOperatorThatLeaksForetellsNoSalt() public {
        (uint256 a, uint256 head, bytes32 r, bytes32 vs) = ahead(foretold(secret(0, 0), "a guess"));
        pass(170 - height % 160, 1);
        reveal(0, 0);
        reveal(2, 0);
        vm.expectRevert(abi.encodeWithSelector(Events.Refused.selector, Reason.NotBound));
        vault.pay(head, a, "o", r, vs);
        eq(balance(card), 900e6, "purse");
    }

    /// @notice A whole quorum that leaks lets a terminal sign for the next round, not for the one after it, and what it
    /// signed does not settle before its time and dies like everything else.
    function testAQuorumThatLeaksIsAheadByOneRound() public {
        bytes32 next = foretold(secret(0, 0), secret(2, 0));
        (uint256 a, uint256 head, bytes32 r, bytes32 vs) = ahead(next);
        vm.expectRevert(abi.encodeWithSelector(Events.Refused.selector, Reason.Anchor));
        vault.pay(head, a, "o", r, vs);
        pass(170 - height % 160, 1);
        vm.expectRevert(abi.encodeWithSelector(Events.Refused.selector, Reason.Anchor));
        vault.pay(head, a, "o", r, vs);
        reveal(0, 0);
        reveal(2, 0);
        require(salt.saltAt(a) == next, "the salt was not foretold");
        uint256 snap = vm.snapshotState();
        vault.pay(head, a, "o", r, vs);
        vm.revertToState(snap);
        pass(320, 1);
        vm.expectRevert(abi.encodeWithSelector(Events.Refused.selector, Reason.Anchor));
        vault.pay(head, a, "o", r, vs);
    }
}
