// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Events} from "../src/Events.sol";
import {Messages} from "../src/Messages.sol";
import {Owners} from "../src/Owners.sol";
import {Purse} from "../src/Purse.sol";
import {Reason} from "../src/Reason.sol";
import {Salt} from "../src/Salt.sol";
import {Vault} from "../src/Vault.sol";
import {Deeds} from "./Deeds.sol";
import {Dollar} from "./Tokens.sol";
import {vm} from "./Vm.sol";

/// @notice What broke earlier payment contracts, tried on these.
contract EarlierTest is Deeds {
    address internal constant THIEF = address(0xbad);
    uint256 internal constant FRESH = 0x1234;

    /// @notice A payment that is refused for this reason, whoever of the signer's key signs it.
    function refusesAt(Reason why, uint256 key, uint256 counter, uint256 anchor) internal {
        uint256 head = headOf(merchant, 1e6, counter);
        (bytes32 r, bytes32 vs) = signed(key, head, anchor, "o");
        uint256 before = vault.purseOf(vm.addr(key));
        refused(why);
        vault.pay(head, anchor, "o", r, vs);
        require(before == vault.purseOf(vm.addr(key)), "a refused payment changed the purse");
    }

    function testAStrangerInjectsNoSalt() public {
        (address[] memory who, bytes32[] memory first) = (new address[](1), new bytes32[](1));
        (who[0], first[0]) = (address(0x01), keccak256(abi.encode(bytes32("secret"))));
        pass(160 - height % 160, 12);
        Salt salt = new Salt(160, 1, 80, who, first);
        bytes32 last = salt.last();
        vm.prank(THIEF);
        vm.expectRevert(Salt.NotCommitted.selector);
        salt.reveal("secret", "next");
        vm.prank(THIEF);
        vm.expectRevert(Salt.NotCommitted.selector);
        salt.reveal(0, keccak256(abi.encode(bytes32(0))));
        vm.prank(THIEF);
        vm.expectRevert(Salt.NotNow.selector);
        salt.wake();
        require(salt.last() == last && salt.saltOf(height / 160) == 0, "the salt moved");
        require(salt.saltAt(height + 160) == 0, "a future round has a salt");
    }

    function testNoAnchorComesFromTheFuture() public {
        refusesAt(Reason.Anchor, CARD, 1, newest() + 8);
        uint256 head = headOf(merchant, 1e6, 1);
        uint256[4] memory far =
            [newest() + 8000, type(uint64).max - 7, (1 << 64) + newest(), type(uint256).max - 7];
        (bytes32 r, bytes32 vs) = signed(CARD, head, newest(), "o");
        for (uint256 i; i < 4; i++) {
            refused(Reason.Anchor);
            vault.pay(head, far[i], "o", r, vs);
        }
        vault.pay(head, newest(), "o", r, vs);
    }

    function testAnAnchorIsThreeBlocksDeep() public {
        pass(8 - height % 8 + 1, 12);
        refusesAt(Reason.Anchor, CARD, 1, height - 1);
        pass(1, 12);
        refusesAt(Reason.Anchor, CARD, 1, height - 2);
        pass(1, 12);
        pay(CARD, merchant, 1e6, 1, height - 3);
    }

    function testNobodySquatsACard() public {
        address fresh = vm.addr(FRESH);
        (bytes32 r, bytes32 vs) = vm.signCompact(FRESH, bindDigest(fresh, owner));
        (bytes32 x, bytes32 y) = vm.signCompact(0xbad, bindDigest(fresh, THIEF));
        vm.startPrank(THIEF);
        vm.expectRevert(Events.WrongSigner.selector);
        vault.bind(fresh, THIEF, LIMITS << 12, 0, 0, 0, "");
        vm.expectRevert(Events.WrongSigner.selector);
        vault.bind(fresh, THIEF, LIMITS << 12, 0, x, y, "");
        vm.expectRevert(Events.WrongSigner.selector);
        vault.bind(fresh, THIEF, LIMITS << 12, 0, r, vs, "");
        vm.stopPrank();
        dollar.mint(address(this), 5e6);
        dollar.approve(address(vault), 5e6);
        vm.expectRevert(Events.UnknownPurse.selector);
        vault.deposit(fresh, 5e6);
        bind(FRESH, LIMITS);
        vault.deposit(fresh, 5e6);
        eq(balance(fresh), 5e6, "the top-up is the owner's");
        vm.prank(THIEF);
        vm.expectRevert(Events.Expired.selector);
        vault.act(Owners.Action(Owners.EXIT, fresh, 5e6, THIEF, 0, 0), "");
    }

    /// @notice Who copies the claim out of the pool and is first makes the same friend the owner.
    function testWhoCopiesAClaimGainsNothing() public {
        asOwner(Owners.GIVE, clock + 30 days, address(0));
        address friend = vm.addr(0xf41e);
        (bytes32 r, bytes32 vs) = vm.signCompact(CARD, bindDigest(card, friend));
        vm.startPrank(THIEF);
        vm.expectRevert(Events.WrongSigner.selector);
        vault.claimGift(card, THIEF, r, vs);
        vault.claimGift(card, friend, r, vs);
        vm.stopPrank();
        require(vault.configOf(card).owner == friend, "another owner");
    }

    function testZeroSignsNothingAndOwnsNothing() public {
        uint256 head = headOf(merchant, 1e6, 1);
        refused(Reason.Signature);
        vault.pay(head, newest(), "o", 0, 0);
        refused(Reason.Cosigner);
        vault.payTwo(head, newest(), "o", 0, 0, 0, 0);
        refused(Reason.Signature);
        vault.startMandate(head, newest(), monthly(), 0, 0);
        (bytes32 r, bytes32 vs) = signed(CARD, head, newest(), "o");
        refused(Reason.Cosigner);
        vault.payTwo(head, newest(), "o", r, vs, 0, 0);
        vm.expectRevert(Events.WrongSigner.selector);
        vault.bind(address(0), owner, LIMITS << 12, 0, 0, 0, "");
        (r, vs) = vm.signCompact(FRESH, bindDigest(vm.addr(FRESH), address(0)));
        vm.prank(address(0));
        vm.expectRevert(Events.WrongSigner.selector);
        vault.bind(vm.addr(FRESH), address(0), LIMITS << 12, 0, r, vs, "");
        asOwner(Owners.GIVE, clock + 30 days, address(0));
        (r, vs) = vm.signCompact(CARD, bindDigest(card, address(0)));
        vm.expectRevert(Events.WrongSigner.selector);
        vault.claimGift(card, address(0), r, vs);
    }

    function testNobodyBecomesTheOwnerZero() public {
        delayed(Owners.SET_RECOVERY, 0, address(0x5ec));
        vm.prank(address(0x5ec));
        vault.act(action(Owners.RECOVER, 0, address(0)), "");
        pass(8192, 1 days);
        vm.expectRevert(Events.WrongSigner.selector);
        vault.execute(action(Owners.RECOVER, 0, address(0)));
    }

    /// @notice A terminal that made a card sign three times in one tap has three signatures of one counter, or of one
    /// anchor. It may choose one.
    function testOfTheSignaturesOfATapOneSettles() public {
        (bytes32 r, bytes32 vs) = vm.signCompact(FRESH, bindDigest(vm.addr(FRESH), owner));
        vm.prank(owner);
        vault.bind(vm.addr(FRESH), owner, LIMITS << 12 | 1 << 6, 0, r, vs, "");
        give(vm.addr(FRESH), 50e6);
        pay(FRESH, merchant, 3e6, 2, newest());
        refusesAt(Reason.CounterUsed, FRESH, 2, newest() - 800);
        refusesAt(Reason.Cooldown, FRESH, 1, newest());
        refusesAt(Reason.Cooldown, FRESH, 3, newest());
        eq(balance(vm.addr(FRESH)), 47e6, "purse");
    }

    function testASignatureForAnotherTokenPaysNothing() public {
        uint256 head = headOf(merchant, 1e6, 1);
        (bytes32 r, bytes32 vs) = signed(CARD, head, newest(), "o");
        (bytes32 x, bytes32 y) = vm.signCompact(CARD, bindDigest(card, owner));
        dollar = new Dollar();
        vault = new Vault(parameters());
        vm.prank(owner);
        vm.expectRevert(Events.WrongSigner.selector);
        vault.bind(card, owner, LIMITS << 12, 0, x, y, "");
        bind(CARD, LIMITS);
        give(card, 900e6);
        join(merchant, 2_000e6);
        vm.expectRevert();
        vault.pay(head, newest(), "o", r, vs);
        eq(balance(card), 900e6, "purse of the other token");
    }

    function testNothingThatWasSignedForAnotherChainCounts() public {
        delayed(Owners.SET_PHONE, UPPER, vm.addr(PHONE));
        (uint256 head, uint256 a) = (headOf(merchant, 1e6, 1), newest());
        bytes32 phone = phoneDigest(digestOf(head, a, "o"), head);
        (uint8 v, bytes32 ar, bytes32 as_) = vm.sign(OWNER, typed(Owners.FREEZE, 0, address(0), 0));
        (bytes32 br, bytes32 bvs) = vm.signCompact(FRESH, bindDigest(vm.addr(FRESH), owner));
        (bytes32 mr, bytes32 mvs) = vm.signCompact(CARD, mandateDigest(head, a, monthly()));
        (bytes32 pr, bytes32 pvs) = vm.signCompact(PHONE, phone);
        vm.chainId(5);
        vm.expectRevert(Events.WrongSigner.selector);
        vault.act(action(Owners.FREEZE, 0, address(0)), abi.encodePacked(ar, as_, v));
        vm.prank(owner);
        vm.expectRevert(Events.WrongSigner.selector);
        vault.bind(vm.addr(FRESH), owner, LIMITS << 12, 0, br, bvs, "");
        refused(Reason.NotBound);
        vault.startMandate(head, a, monthly(), mr, mvs);
        (bytes32 r, bytes32 vs) = signed(CARD, head, a, "o");
        refused(Reason.Cosigner);
        vault.payTwo(head, a, "o", r, vs, pr, pvs);
        vm.chainId(31_337);
        (r, vs) = signed(CARD, head, a, "o");
        vault.payTwo(head, a, "o", r, vs, pr, pvs);
    }

    /// @notice The longest cooldown, over the block where the 16 bits of an anchor begin again.
    function testACooldownHoldsWhereAnchorsWrap() public {
        (bytes32 r, bytes32 vs) = vm.signCompact(FRESH, bindDigest(vm.addr(FRESH), owner));
        vm.prank(owner);
        vault.bind(vm.addr(FRESH), owner, LIMITS << 12 | 63 << 6, 0, r, vs, "");
        give(vm.addr(FRESH), 50e6);
        pass((1 << 19) + 19 - height, 12);
        pay(FRESH, merchant, 1e6, 1, (1 << 19) - 8);
        refusesAt(Reason.Cooldown, FRESH, 2, 1 << 19);
        pass(480, 12);
        refusesAt(Reason.Cooldown, FRESH, 2, (1 << 19) + 61 * 8);
        pass(8, 12);
        pay(FRESH, merchant, 1e6, 2, (1 << 19) + 62 * 8);
    }

    function testACounterDoesNotBeginAgain() public {
        uint256 top = type(uint32).max;
        pay(1e6, top);
        refusesAt(Reason.CounterUsed, CARD, top, newest());
        refusesAt(Reason.CounterOld, CARD, 0, newest());
        refusesAt(Reason.CounterOld, CARD, 1, newest());
        pay(1e6, top - 1);
        pay(1e6, top - 16);
        refusesAt(Reason.CounterOld, CARD, top - 17, newest());
        eq(Purse.counter(vault.purseOf(card)), top, "counter");
    }

    /// @notice An s above half the order that still fits beside the recovery bit. What it recovers to has no purse, so
    /// only the reason shows that it was refused for itself.
    function testAHighSThatFitsIsNoSignature() public {
        uint256 half = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;
        uint256 head = headOf(merchant, 1e6, 1);
        (bytes32 r,) = signed(CARD, head, newest(), "o");
        refused(Reason.NotBound);
        vault.pay(head, newest(), "o", r, bytes32(half));
        refused(Reason.Signature);
        vault.pay(head, newest(), "o", r, bytes32(half + 1));
        require(Messages.signer("x", r, bytes32(half + 1)) == address(0), "signer");
    }
}
