// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Approvals} from "../src/Approvals.sol";
import {Events} from "../src/Events.sol";
import {Owners} from "../src/Owners.sol";
import {Purse} from "../src/Purse.sol";
import {Reason} from "../src/Reason.sol";
import {Deeds} from "./Deeds.sol";
import {vm} from "./Vm.sol";

contract OwnerTest is Deeds {
    function testAnOwnerWithoutGasRevokesThroughAnyRelay() public {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(OWNER, typed(Owners.REVOKE, 0, address(0), 0));
        vm.prank(address(0x3e1a));
        vault.act(action(Owners.REVOKE, 0, address(0)), abi.encodePacked(r, s, v));
        uint256 head = headOf(merchant, 1e6, 1);
        uint256 a = newest();
        (bytes32 x, bytes32 y) = signed(CARD, head, a, "o");
        refused(Reason.Revoked);
        vault.pay(head, a, "o", x, y);
    }

    function testAnActionCountsOnceAndOnlyWithItsSignature() public {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(OWNER, typed(Owners.FREEZE, 0, address(0), 0));
        vm.expectRevert(Events.WrongSigner.selector);
        vault.act(action(Owners.REVOKE, 0, address(0)), abi.encodePacked(r, s, v));
        vault.act(action(Owners.FREEZE, 0, address(0)), abi.encodePacked(r, s, v));
        vm.expectRevert(Events.WrongSigner.selector);
        vault.act(action(Owners.FREEZE, 0, address(0)), abi.encodePacked(r, s, v));
    }

    function testRevokedMeansRevoked() public {
        asOwner(Owners.REVOKE, 0, address(0));
        delayed(Owners.LOOSEN, LIMITS << 12, address(0));
        delayed(Owners.THAW, 0, address(0));
        require(vault.purseOf(card) & Purse.REVOKED != 0, "not revoked any more");
        (bytes32 r, bytes32 vs) = vm.signCompact(CARD, bindDigest(card, owner));
        vm.prank(owner);
        vm.expectRevert(Events.AlreadyBound.selector);
        vault.bind(card, owner, 0, 0, r, vs, "");
    }

    function testALoosenedLimitWaitsAndATightenedOneDoesNot() public {
        vm.prank(owner);
        vm.expectRevert(Events.Looser.selector);
        vault.act(action(Owners.TIGHTEN, (LIMITS + 16) << 12, address(0)), "");
        asOwner(Owners.TIGHTEN, (uint256(1 << 4 | 6) << 24 | LIMITS & 0xffffff) << 12, address(0));
        uint256 head = headOf(merchant, 2e6, 1);
        uint256 a = newest();
        (bytes32 x, bytes32 y) = signed(CARD, head, a, "o");
        refused(Reason.OverPayment);
        vault.pay(head, a, "o", x, y);
        asOwner(Owners.LOOSEN, LIMITS << 12, address(0));
        pass(8191, 2 days);
        vm.expectPartialRevert(Events.TooEarly.selector);
        vault.execute(action(Owners.LOOSEN, LIMITS << 12, address(0)));
        pass(1, 12);
        vault.execute(action(Owners.LOOSEN, LIMITS << 12, address(0)));
        pay(2e6, 1);
    }

    function testBuyThenExitLeavesTheMerchantItsMoney() public {
        asOwner(Owners.EXIT, 900e6, owner);
        eq(vault.available(card), 0, "what a terminal sees");
        pay(60e6, 1);
        vm.expectPartialRevert(Events.TooEarly.selector);
        vault.execute(action(Owners.EXIT, 900e6, owner));
        pass(8192, 1 days);
        vault.execute(action(Owners.EXIT, 900e6, owner));
        eq(dollar.balanceOf(owner), 840e6, "what the owner got");
        vm.expectRevert(Events.NotRequested.selector);
        vault.execute(action(Owners.EXIT, 900e6, owner));
    }

    function testAnExitIsCancelledByItsOwnerOnly() public {
        asOwner(Owners.EXIT, 900e6, owner);
        bytes32 id = Owners.id(owner, action(Owners.EXIT, 900e6, owner));
        Owners.Action memory a = action(Owners.CANCEL, 0, address(0));
        a.more = id;
        vm.prank(address(0xbad));
        vm.expectRevert();
        vault.act(a, "");
        vm.prank(owner);
        vault.act(a, "");
        eq(vault.available(card), 900e6, "available again");
    }

    function testBuyThenRevokeStillPaysWhatTheBondedApproverApproved() public {
        bonded(50e6);
        uint256 a = newest();
        uint256 head = headOf(merchant, 40e6, 1);
        (bytes32 x, bytes32 y) = signed(CARD, head, a, "o");
        Approvals.Approval memory good = approved(head, a, clock - 5);
        asOwner(Owners.REVOKE, 0, address(0));
        refused(Reason.Revoked);
        vault.pay(head, a, "o", x, y);
        Approvals.Approval memory late = approved(head, a, clock + 5);
        refused(Reason.Approval);
        vault.payApproved(head, a, "o", x, y, late);
        vault.payApproved(head, a, "o", x, y, good);
        eq(balance(card), 860e6, "purse");
        head = headOf(merchant, 20e6, 2);
        (x, y) = signed(CARD, head, a, "o");
        good = approved(head, a, clock - 5);
        vm.expectPartialRevert(Events.OverBond.selector);
        vault.payApproved(head, a, "o", x, y, good);
    }

    function testAbovePurseLimitsCardAndPhoneBothSign() public {
        delayed(Owners.SET_PHONE, UPPER, vm.addr(PHONE));
        uint256 head = headOf(merchant, 150e6, 3);
        uint256 a = newest();
        pay(1e6, 1);
        pay(1e6, 2);
        (bytes32 x, bytes32 y) = signed(CARD, head, a, "o");
        bytes32 digest = digestOf(head, a, "o");
        (bytes32 px, bytes32 py) = vm.signCompact(PHONE, phoneDigest(digest, head));
        refused(Reason.OverPayment);
        vault.pay(head, a, "o", x, y);
        refused(Reason.Cosigner);
        vault.payTwo(head, a, "o", x, y, x, y);
        vault.payTwo(head, a, "o", x, y, px, py);
        uint256 gas = vm.snapshotGasLastCall("GasTest", "pay with two signatures");
        require(gas <= 54_000, string.concat("two signatures take ", str(gas)));
        eq(balance(card), 748e6, "purse");
    }

    function testAllowedPayeesHaveHigherLimits() public {
        delayed(Owners.ALLOW_PAYEE, UPPER, merchant);
        pay(200e6, 1);
        asOwner(Owners.DROP_PAYEE, 0, merchant);
        uint256 head = headOf(merchant, 200e6, 2);
        uint256 a = newest();
        (bytes32 x, bytes32 y) = signed(CARD, head, a, "o");
        refused(Reason.OverPayment);
        vault.pay(head, a, "o", x, y);
    }

    function testAGiftBelongsToWhoHasTheScratchCode() public {
        asOwner(Owners.GIVE, clock + 30 days, address(0));
        vm.prank(owner);
        vm.expectPartialRevert(Events.StillAGift.selector);
        vault.act(action(Owners.EXIT, 900e6, owner), "");
        address friend = vm.addr(0xf41e);
        (bytes32 r, bytes32 vs) = vm.signCompact(CARD, bindDigest(card, friend));
        vm.expectRevert(Events.WrongSigner.selector);
        vault.claimGift(card, address(0xbad), r, vs);
        vault.claimGift(card, friend, r, vs);
        require(vault.configOf(card).owner == friend, "owner");
        vm.expectRevert(Events.WrongSigner.selector);
        vault.claimGift(card, friend, r, vs);
    }

    function testAHarvestedProofBindsToNobodyElse() public {
        uint256 key = 0x1234;
        (bytes32 r, bytes32 vs) = vm.signCompact(key, bindDigest(vm.addr(key), owner));
        vm.prank(address(0xbad));
        vm.expectRevert(Events.WrongSigner.selector);
        vault.bind(vm.addr(key), owner, LIMITS << 12, clock + 1, r, vs, "");
        vm.prank(address(0xbad));
        vm.expectRevert(Events.WrongSigner.selector);
        vault.bind(vm.addr(key), address(0xbad), LIMITS << 12, 0, r, vs, "");
        eq(vault.purseOf(vm.addr(key)), 0, "no purse for the card");
    }

    function testTheRecoveryKeyTakesOverAfterTheDelayUnlessTheOwnerObjects() public {
        address rescue = address(0x5ec);
        delayed(Owners.SET_RECOVERY, 0, rescue);
        vm.prank(rescue);
        vault.act(action(Owners.RECOVER, 0, address(0x9e3)), "");
        vm.expectPartialRevert(Events.TooEarly.selector);
        vault.execute(action(Owners.RECOVER, 0, address(0x9e3)));
        pass(8192, 1 days);
        vault.execute(action(Owners.RECOVER, 0, address(0x9e3)));
        require(vault.configOf(card).owner == address(0x9e3), "owner");
    }

    function testAMandateIsPulledUpToItsCapEachPeriod() public {
        uint256 head = headOf(merchant, 30e6, 1);
        uint256 a = newest();
        bytes32 terms = monthly();
        bytes32 hash = hashOf(a);
        bytes32 digest = mandateDigest(head, a, terms);
        (bytes32 r, bytes32 vs) = vm.signCompact(CARD, digest);
        vault.startMandate(head, a, terms, r, vs);
        vm.expectRevert(Events.NotTheMerchant.selector);
        vault.pull(card, head, a, hash, terms, 1e6);
        vm.startPrank(merchant);
        vault.pull(card, head, a, hash, terms, 30e6);
        vm.expectPartialRevert(Events.OverMandate.selector);
        vault.pull(card, head, a, hash, terms, 1);
        vm.stopPrank();
        pass(30 * 7200, 30 days);
        vm.prank(merchant);
        vault.pull(card, head, a, hash, terms, 30e6);
        Owners.Action memory stop = action(Owners.STOP_MANDATE, 0, address(0));
        stop.more = keccak256(abi.encodePacked(digest, card));
        vm.prank(owner);
        vault.act(stop, "");
        pass(30 * 7200, 30 days);
        vm.prank(merchant);
        vm.expectRevert(Events.NoMandate.selector);
        vault.pull(card, head, a, hash, terms, 1e6);
        eq(balance(card), 840e6, "purse");
    }
}
