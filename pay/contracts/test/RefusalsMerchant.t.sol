// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {WebAuthn} from "@openzeppelin/contracts/utils/cryptography/WebAuthn.sol";
import {Bonds} from "../src/Bonds.sol";
import {Chain} from "../src/Chain.sol";
import {Events} from "../src/Events.sol";
import {Evidence} from "../src/Evidence.sol";
import {Messages} from "../src/Messages.sol";
import {Owners} from "../src/Owners.sol";
import {Reason} from "../src/Reason.sol";
import {Asked} from "./Asked.sol";
import {vm} from "./Vm.sol";

/// @notice The same for merchants, disputes, evidence, approvers and passkeys.
contract MerchantRefusalsTest is Asked {
    bytes internal unregistered = abi.encodePacked(Events.Unregistered.selector);
    bytes internal nothing = abi.encodePacked(Events.Nothing.selector);
    bytes internal noProof = abi.encodePacked(Events.NoProof.selector);
    bytes internal notOpenable = abi.encodePacked(Events.NotOpenable.selector);
    bytes internal wrongState = abi.encodePacked(Events.WrongState.selector);
    bytes internal wrongSigner = abi.encodePacked(Events.WrongSigner.selector);

    function testARegistrationThatIsNone() public {
        address fresh = address(0xf4e5);
        dollar.mint(fresh, 600e6);
        vm.prank(fresh);
        dollar.approve(address(vault), 600e6);
        says(fresh, nothing, abi.encodeCall(vault.register, (0, fresh, 500e6)));
        says(fresh, nothing, abi.encodeCall(vault.register, ("record", address(0), 500e6)));
        says(fresh, nothing, abi.encodeCall(vault.register, ("record", address(vault), 500e6)));
        says(fresh, nothing, abi.encodeCall(vault.register, ("record", fresh, 0)));
        bytes memory small = abi.encodeWithSelector(Events.StakeTooSmall.selector, 500e6);
        says(fresh, small, abi.encodeCall(vault.register, ("record", fresh, 500e6 - 1)));
        bytes memory already = abi.encodePacked(Events.AlreadyRegistered.selector);
        says(merchant, already, abi.encodeCall(vault.register, ("record", fresh, 500e6)));
        says(merchant, nothing, abi.encodeCall(vault.describe, (0, merchant)));
        says(merchant, nothing, abi.encodeCall(vault.describe, ("record", address(0))));
        says(merchant, nothing, abi.encodeCall(vault.describe, ("record", address(vault))));
        says(wrongSigner, abi.encodeCall(vault.attest, (merchant, vm.addr(PHONE), new bytes(65))));
        says(nothing, abi.encodeCall(vault.stake, (merchant, 0)));
    }

    function testWhoIsNoMerchantIsToldSo() public {
        says(unregistered, abi.encodeCall(vault.describe, ("record", address(1))));
        says(unregistered, abi.encodeCall(vault.stake, (address(0xbad), 1e6)));
        says(unregistered, abi.encodeCall(vault.close, ()));
        says(unregistered, abi.encodeCall(vault.claim, (address(0xbad))));
        says(unregistered, abi.encodeCall(vault.advance, (1)));
        says(unregistered, abi.encodeCall(vault.withdrawStake, ()));
        says(unregistered, abi.encodeCall(vault.roll, (address(0xbad))));
        says(nothing, abi.encodeCall(vault.collect, ()));
    }

    function testMoneyThatIsNotThereIsNotPaidOut() public {
        bytes memory none = abi.encodeWithSelector(Events.NotFree.selector, 0);
        says(merchant, none, abi.encodeCall(vault.advance, (1)));
        says(merchant, none, abi.encodeCall(vault.advance, (0)));
        says(merchant, abi.encodePacked(Events.StakeNeeded.selector), abi.encodeCall(vault.withdrawStake, ()));
        threePayments();
        bytes memory thirty = abi.encodeWithSelector(Events.NotFree.selector, 30e6);
        says(merchant, thirty, abi.encodeCall(vault.advance, (30e6 + 1)));
        says(merchant, thirty, abi.encodeCall(vault.advance, (type(uint256).max)));
    }

    function testAProofThatIsNone() public {
        threePayments();
        (Chain.Payment memory p, Chain.Proof memory q) = (paid[0], proofOf(0, 2));
        bytes memory notInChain = abi.encodePacked(Events.NotInChain.selector);
        says(notInChain, abi.encodeCall(vault.openCase, (paid[1], q)));
        q.before ^= 1;
        says(notInChain, abi.encodeCall(vault.openCase, (p, q)));
        q = proofOf(0, 2);
        (q.batch, q.index) = (new bytes32[](2), 2);
        says(notInChain, abi.encodeCall(vault.openCase, (p, q)));
        (q.batch[0], q.index) = (leaves[0], 0);
        says(notInChain, abi.encodeCall(vault.openCase, (p, q)));
        q = proofOf(0, 2);
        p.card = address(0xbad);
        says(notInChain, abi.encodeCall(vault.openCase, (p, q)));
        p.card = card;
        p.day += 32;
        says(abi.encodePacked(Events.NotThatDay.selector), abi.encodeCall(vault.openCase, (p, q)));
        p.day = 0;
        says(abi.encodePacked(Events.NotThatDay.selector), abi.encodeCall(vault.openCase, (p, q)));
        p = paid[0];
        p.head = headOf(address(0xbad), 10e6, 1);
        says(unregistered, abi.encodeCall(vault.openCase, (p, q)));
        bytes32[] memory links = new bytes32[](1);
        says(notInChain, abi.encodeCall(vault.extend, (merchant, paid[0].day, 7, links)));
        says(
            abi.encodePacked(Events.NotThatDay.selector),
            abi.encodeCall(vault.extend, (address(0xbad), paid[0].day, 7, links))
        );
        require(vault.caseOf(leaves[0]).state == 0, "a case");
    }

    function testARefundThatIsNone() public {
        threePayments();
        (Chain.Payment memory p, Chain.Proof memory q) = (paid[0], proofOf(0, 2));
        says(abi.encodePacked(Events.NotTheMerchant.selector), abi.encodeCall(vault.refund, (p, q, 1e6)));
        says(merchant, notOpenable, abi.encodeCall(vault.refund, (p, q, 0)));
        says(merchant, notOpenable, abi.encodeCall(vault.refund, (p, q, 10e6 + 1)));
        vm.prank(merchant);
        vault.refund(p, q, 10e6);
        says(merchant, notOpenable, abi.encodeCall(vault.refund, (p, q, 1)));
        says(address(this), notOpenable, abi.encodeCall(vault.openCase, (p, q)));
    }

    function testACaseTakesOneStepAfterTheOther() public {
        threePayments();
        bytes32 leaf = leaves[0];
        says(wrongState, abi.encodeCall(vault.decide, (leaf)));
        says(wrongState, abi.encodeCall(vault.appeal, (leaf)));
        says(wrongState, abi.encodeCall(vault.settleCase, (leaf)));
        says(abi.encodePacked(Events.NotTheMerchant.selector), abi.encodeCall(vault.concede, (leaf)));
        says(wrongSigner, abi.encodeCall(vault.rule, (1, 1)));
        uint256 opened = clock;
        vault.openCase(paid[0], proofOf(0, 2));
        bytes memory early = abi.encodeWithSelector(Events.TooEarly.selector, 0, opened + 10 * DAY);
        says(early, abi.encodeCall(vault.decide, (leaf)));
        says(wrongState, abi.encodeCall(vault.settleCase, (leaf)));
        says(address(this), wrongState, abi.encodeCall(vault.appeal, (leaf)));
        pass(10 * 7200, 10 * DAY);
        vault.decide(leaf);
        says(wrongState, abi.encodeCall(vault.decide, (leaf)));
        early = abi.encodeWithSelector(Events.TooEarly.selector, 0, clock + 3 * DAY + 1);
        says(early, abi.encodeCall(vault.settleCase, (leaf)));
        pass(4 * 7200, 4 * DAY);
        vault.settleCase(leaf);
        says(wrongState, abi.encodeCall(vault.settleCase, (leaf)));
        says(merchant, wrongState, abi.encodeCall(vault.concede, (leaf)));
    }

    function testSeasoningAndEvidenceThatProveNothing() public {
        (Evidence.Offer memory x, bytes32 hash) = offerOf(50e6);
        (Evidence.Offer memory y,) = offerOf(5e6);
        tracked(CARD, merchant, 50e6, 1, hash);
        tracked(CARD, merchant, 5e6, 2, "another");
        nextDay();
        Evidence.Terminal memory t = terminal();
        says(noProof, abi.encodeCall(vault.season, (new Chain.Payment[](2), new Chain.Proof[](3))));
        says(noProof, abi.encodeCall(vault.proveTwoOffers, (paid[0], proofOf(0, 1), t, x, x)));
        says(noProof, abi.encodeCall(vault.proveTwoOffers, (paid[1], proofOf(1, 1), t, x, y)));
        Evidence.Offer memory z = y;
        z.amount++;
        says(noProof, abi.encodeCall(vault.proveTwoOffers, (paid[0], proofOf(0, 1), t, x, z)));
        (bytes32 r, bytes32 vs) = receiptOf(0, 50e6);
        says(noProof, abi.encodeCall(vault.proveWrongReceipt, (paid[0], proofOf(0, 1), t, 50e6, r, vs)));
        says(noProof, abi.encodeCall(vault.proveWrongReceipt, (paid[0], proofOf(0, 1), t, 5e6, r, vs)));
        says(
            noProof,
            abi.encodeCall(vault.proveSettledTwice, (paid[0], proofOf(0, 1), paid[1], proofOf(1, 1)))
        );
        says(
            noProof,
            abi.encodeCall(vault.proveSettledTwice, (paid[0], proofOf(0, 1), paid[0], proofOf(0, 1)))
        );
        t.key = address(0);
        says(wrongSigner, abi.encodeCall(vault.proveWrongReceipt, (paid[0], proofOf(0, 1), t, 5e6, 0, 0)));
        t.key = vm.addr(0xbad);
        says(wrongSigner, abi.encodeCall(vault.proveWrongReceipt, (paid[0], proofOf(0, 1), t, 5e6, r, vs)));
    }

    function testABondThatIsNone() public {
        bonded(50e6);
        says(nothing, abi.encodeCall(vault.addBond, (approver, 0)));
        bytes memory over = abi.encodeWithSelector(Events.OverBond.selector, 50e6);
        says(approver, over, abi.encodeCall(vault.askBond, (50e6 + 1)));
        says(approver, abi.encodePacked(Events.NotRequested.selector), abi.encodeCall(vault.takeBond, ()));
        vm.prank(approver);
        vault.askBond(50e6);
        bytes memory early = abi.encodeWithSelector(Events.TooEarly.selector, 0, clock + 14 days);
        says(approver, early, abi.encodeCall(vault.takeBond, ()));
        Bonds.Promise memory none;
        says(noProof, abi.encodeCall(vault.slashBond, (card, none, none)));
        Bonds.Promise memory x = promised(APPROVER, 899e6, 1);
        Bonds.Promise memory y = promised(0xbad, 899e6, 2);
        says(noProof, abi.encodeCall(vault.slashBond, (card, x, y)));
        says(noProof, abi.encodeCall(vault.slashBond, (address(0xbad), x, x)));
    }

    function promised(uint256 key, uint256 amount, uint256 counter) private returns (Bonds.Promise memory p) {
        (p.head, p.anchor, p.offer) = (headOf(merchant, amount, counter), newest(), "o");
        (p.hash, p.challenge, p.times) = (hashOf(p.anchor), "c", clock << 128 | (clock + 600) << 96);
        bytes32 digest = digestOf(p.head, p.anchor, "o");
        (p.r, p.vs) = vm.signCompact(key, Messages.approval(card, p.challenge, digest, p.times));
    }

    function testAPasskeyThatIsNone() public {
        (uint256 head, uint256 a) = (headOf(merchant, 1e6, 1), newest());
        (bytes32 r, bytes32 vs) = signed(CARD, head, a, "o");
        WebAuthn.WebAuthnAuth memory auth;
        auth.authenticatorData = new bytes(37);
        bytes memory cosigner = because(Reason.Cosigner);
        says(cosigner, abi.encodeCall(vault.payPasskey, (head, a, "o", r, vs, auth)));
        (uint256 x, uint256 y) = vm.publicKeyP256(7);
        Owners.Action memory set = action(Owners.SET_PASSKEY, x, address(0));
        set.more = bytes32(y);
        vm.prank(owner);
        vault.act(set, "");
        pass(8192, 1 days);
        vault.execute(set);
        a = newest();
        (r, vs) = signed(CARD, head, a, "o");
        says(cosigner, abi.encodeCall(vault.payPasskey, (head, a, "o", r, vs, auth)));
        (auth.r, auth.s) = vm.signP256(7, sha256("something else"));
        says(cosigner, abi.encodeCall(vault.payPasskey, (head, a, "o", r, vs, auth)));
    }
}
