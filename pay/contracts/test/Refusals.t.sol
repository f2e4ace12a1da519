// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Approvals} from "../src/Approvals.sol";
import {Events} from "../src/Events.sol";
import {Owners} from "../src/Owners.sol";
import {Reason} from "../src/Reason.sol";
import {Params} from "../src/State.sol";
import {Vault} from "../src/Vault.sol";
import {Asked} from "./Asked.sol";
import {vm} from "./Vm.sol";

/// @notice A token whose amounts are too coarse for 1e-6.
contract Coarse {
    uint8 public constant decimals = 5;
}

/// @notice Every entry point of payments and owners says by its own error what is wrong, and changes nothing then.
contract RefusalsTest is Asked {
    uint256 internal constant FRESH = 0x1234;

    function testParametersThatCannotWorkMakeNoVault() public {
        Params[11] memory bad;
        for (uint256 i; i < bad.length; i++) {
            bad[i] = parameters();
        }
        (bad[0].windowDays, bad[1].windowDays, bad[2].maxLeverage, bad[3].feeBps) = (0, 32, 15, 10_000);
        (bad[4].slashBps, bad[5].ratio, bad[6].anchorLife, bad[7].anchorLife) = (10_001, 0, 7, 8192);
        (bad[8].anchorLife, bad[8].salt) = (8192, address(1)); // a salt does not make 16 bits of an anchor more
        bad[9].token = address(new Coarse());
        bad[10].token = address(1);
        for (uint256 i; i < bad.length; i++) {
            try new Vault(bad[i]) {
                revert(str(i));
            } catch {}
        }
        new Vault(parameters());
    }

    function testAPaymentOfNothingToNobodyOrToItself() public {
        uint256[3] memory heads = [headOf(merchant, 0, 1), headOf(address(0xbad), 1e6, 1), headOf(card, 1e6, 1)];
        Reason[3] memory why = [Reason.ZeroAmount, Reason.Unregistered, Reason.PaysItself];
        for (uint256 i; i < 3; i++) {
            (bytes32 r, bytes32 vs) = signed(CARD, heads[i], newest(), "o");
            says(because(why[i]), abi.encodeCall(vault.pay, (heads[i], newest(), "o", r, vs)));
        }
    }

    function testThePhoneRefusesTheSame() public {
        delayed(Owners.SET_PHONE, UPPER, vm.addr(PHONE));
        uint256[4] memory heads =
            [headOf(merchant, 0, 1), headOf(address(0xbad), 1e6, 1), headOf(card, 1e6, 1), headOf(merchant, 201e6, 1)];
        Reason[4] memory why = [Reason.ZeroAmount, Reason.Unregistered, Reason.PaysItself, Reason.OverPayment];
        for (uint256 i; i < 4; i++) {
            (bytes32 r, bytes32 vs) = signed(CARD, heads[i], newest(), "o");
            bytes32 shown = phoneDigest(digestOf(heads[i], newest(), "o"), heads[i]);
            (bytes32 pr, bytes32 pvs) = vm.signCompact(PHONE, shown);
            says(because(why[i]), abi.encodeCall(Approvals.payTwo, (heads[i], newest(), "o", r, vs, pr, pvs)));
            (pr, pvs) = vm.signCompact(PHONE, shown ^ bytes32(uint256(1)));
            says(because(Reason.Cosigner), abi.encodeCall(Approvals.payTwo, (heads[i], newest(), "o", r, vs, pr, pvs)));
        }
    }

    function testAnApprovalIsOfTheApproverForThisPaymentAndThisTime() public {
        bonded(50e6);
        (uint256 head, uint256 a) = (headOf(merchant, 1e6, 1), newest());
        (bytes32 r, bytes32 vs) = signed(CARD, head, a, "o");
        Approvals.Approval memory good = approved(head, a, clock);
        bytes memory no = because(Reason.Approval);
        says(no, abi.encodeCall(Approvals.payApproved, (head, a, "o", r, vs, good)));
        asOwner(Owners.FREEZE, 0, address(0));
        Approvals.Approval memory bad = approved(headOf(merchant, 2e6, 1), a, clock);
        says(no, abi.encodeCall(Approvals.payApproved, (head, a, "o", r, vs, bad)));
        bad = good;
        bad.times += 1 << 160;
        says(no, abi.encodeCall(Approvals.payApproved, (head, a, "o", r, vs, bad)));
        bad = approved(head, a, clock + 1);
        says(no, abi.encodeCall(Approvals.payApproved, (head, a, "o", r, vs, bad)));
        bad = approved(head, a, clock);
        bad.challenge = "another";
        says(no, abi.encodeCall(Approvals.payApproved, (head, a, "o", r, vs, bad)));
        vault.payApproved(head, a, "o", r, vs, approved(head, a, clock));
    }

    function testABatchThatIsNone() public {
        bytes memory good = entry(CARD, merchant, 1e6, 1, newest(), 0);
        bytes memory malformed = abi.encodePacked(Events.Malformed.selector);
        says(malformed, abi.encodeCall(vault.payBatch, (merchant, one(newest()), "")));
        says(malformed, abi.encodeCall(vault.payBatch, (merchant, new uint256[](0), good)));
        bytes memory longer = abi.encodePacked(good, good, uint8(0));
        says(malformed, abi.encodeCall(vault.payBatch, (merchant, one(newest()), longer)));
        bytes memory outside = abi.encodePacked(good, entry(CARD, merchant, 1e6, 2, newest(), 1));
        says(malformed, abi.encodeCall(vault.payBatch, (merchant, one(newest()), outside)));
        bytes memory unknown = because(Reason.Unregistered);
        says(unknown, abi.encodeCall(vault.payBatch, (address(0xbad), one(newest()), good)));
    }

    function testAMandateThatIsNone() public {
        (uint256 head, uint256 a, bytes32 hash) = (headOf(merchant, 30e6, 1), newest(), hashOf(newest()));
        bytes32 never = bytes32((clock + 1) << 192);
        (bytes32 r, bytes32 vs) = vm.signCompact(CARD, mandateDigest(head, a, never));
        bytes memory none = abi.encodePacked(Events.NoMandate.selector);
        says(none, abi.encodeCall(vault.startMandate, (head, a, never, r, vs)));
        says(because(Reason.Anchor), abi.encodeCall(vault.startMandate, (head, a + 1, monthly(), r, vs)));
        bytes memory pull = abi.encodeCall(vault.pull, (card, head, a, hash, monthly(), 1e6));
        says(abi.encodePacked(Events.NotTheMerchant.selector), pull);
        says(merchant, none, pull);
        (r, vs) = vm.signCompact(CARD, mandateDigest(head, a, monthly()));
        vault.startMandate(head, a, monthly(), r, vs);
        says(none, abi.encodeCall(vault.startMandate, (head, a, monthly(), r, vs)));
        says(merchant, because(Reason.ZeroAmount), abi.encodeCall(vault.pull, (card, head, a, hash, monthly(), 0)));
        bytes memory over = abi.encodeWithSelector(Events.OverMandate.selector, 30e6);
        says(merchant, over, abi.encodeCall(vault.pull, (card, head, a, hash, monthly(), 30e6 + 1)));
        asOwner(Owners.FREEZE, 0, address(0));
        says(merchant, because(Reason.Frozen), pull);
    }

    function testABindingThatIsNone() public {
        address fresh = vm.addr(FRESH);
        (bytes32 r, bytes32 vs) = vm.signCompact(FRESH, bindDigest(fresh, owner));
        bytes memory wrong = abi.encodePacked(Events.WrongSigner.selector);
        (uint256 daily, uint256 month) = (uint256(255 << 4 | 15) << 24, uint256(255 << 4 | 15) << 12);
        says(owner, wrong, abi.encodeCall(vault.bind, (fresh, owner, 0, 0, vs, r, "")));
        says(owner, wrong, abi.encodeCall(vault.bind, (address(0xbad), owner, 0, 0, r, vs, "")));
        says(wrong, abi.encodeCall(vault.bind, (fresh, owner, 0, clock, r, vs, new bytes(65))));
        bytes memory late = abi.encodePacked(Events.Expired.selector);
        says(late, abi.encodeCall(vault.bind, (fresh, owner, 0, clock - 1, r, vs, new bytes(65))));
        bytes memory limit = abi.encodePacked(Events.BadLimit.selector);
        says(owner, limit, abi.encodeCall(vault.bind, (fresh, owner, daily, 0, r, vs, "")));
        says(owner, limit, abi.encodeCall(vault.bind, (fresh, owner, month, 0, r, vs, "")));
        (r, vs) = vm.signCompact(FRESH, bindDigest(fresh, fresh));
        says(fresh, wrong, abi.encodeCall(vault.bind, (fresh, fresh, 0, 0, r, vs, "")));
        (r, vs) = vm.signCompact(CARD, bindDigest(card, owner));
        bytes memory already = abi.encodePacked(Events.AlreadyBound.selector);
        says(owner, already, abi.encodeCall(vault.bind, (card, owner, 0, 0, r, vs, "")));
        says(wrong, abi.encodeCall(vault.claimGift, (card, owner, r, vs)));
    }

    function testADepositThatIsNone() public {
        says(abi.encodePacked(Events.UnknownPurse.selector), abi.encodeCall(vault.deposit, (address(0xbad), 1e6)));
        says(abi.encodePacked(Events.Nothing.selector), abi.encodeCall(vault.deposit, (card, 0)));
        delayed(Owners.SET_MAXIMUM, 950e6, address(0));
        dollar.mint(address(this), 100e6);
        dollar.approve(address(vault), 100e6);
        bytes memory over = abi.encodeWithSelector(Events.OverMaximum.selector, 950e6);
        says(address(this), over, abi.encodeCall(vault.deposit, (card, 50e6 + 1)));
        asOwner(Owners.REVOKE, 0, address(0));
        says(abi.encodePacked(Events.RevokedForGood.selector), abi.encodeCall(vault.deposit, (card, 1e6)));
    }

    function testAnActionThatIsNone() public {
        Owners.Action memory a = action(Owners.KINDS, 0, address(0));
        says(owner, abi.encodePacked(Events.NotRequested.selector), abi.encodeCall(vault.act, (a, "")));
        a = action(Owners.REVOKE, 0, address(0));
        says(abi.encodePacked(Events.WrongSigner.selector), abi.encodeCall(vault.act, (a, new bytes(65))));
        a.deadline = clock - 1;
        says(abi.encodePacked(Events.Expired.selector), abi.encodeCall(vault.act, (a, new bytes(65))));
        a.card = address(0xbad);
        says(owner, abi.encodePacked(Events.UnknownPurse.selector), abi.encodeCall(vault.act, (a, "")));
        acts(action(Owners.TIGHTEN, (LIMITS + 16) << 12, address(0)), Events.Looser.selector);
        acts(action(Owners.STOP_MANDATE, 0, address(0)), Events.NoMandate.selector);
        acts(action(Owners.CANCEL, 0, address(0)), Events.NotRequested.selector);
        acts(action(Owners.GIVE, clock, address(0)), Events.Nothing.selector);
        acts(action(Owners.RECOVER, 0, owner), Events.WrongSigner.selector);
        asOwner(Owners.EXIT, 1e6, owner);
        acts(action(Owners.EXIT, 1e6, owner), Events.AlreadyRequested.selector);
        asOwner(Owners.REVOKE, 0, address(0));
        acts(action(Owners.REVOKE, 0, address(0)), Events.RevokedForGood.selector);
    }

    function acts(Owners.Action memory a, bytes4 want) private {
        says(owner, abi.encodePacked(want), abi.encodeCall(vault.act, (a, "")));
    }

    function testARequestThatCannotBeCarriedOut() public {
        executes(action(Owners.EXIT, 1e6, owner), Events.NotRequested.selector, false);
        executes(action(Owners.EXIT, 1e6, address(0)), Events.Nothing.selector, true);
        executes(action(Owners.EXIT, 1e6, address(vault)), Events.Nothing.selector, true);
        executes(action(Owners.MOVE, 1e6, card), Events.UnknownPurse.selector, true);
        executes(action(Owners.MOVE, 1e6, address(0xbad)), Events.UnknownPurse.selector, true);
        executes(action(Owners.LOOSEN, uint256(255 << 4 | 15) << 12, address(0)), Events.BadLimit.selector, true);
        executes(action(Owners.ALLOW_PAYEE, 255 << 4 | 15, merchant), Events.BadLimit.selector, true);
        executes(action(Owners.SET_PHONE, 255 << 4 | 15, vm.addr(PHONE)), Events.BadLimit.selector, true);
        executes(action(Owners.SET_PHONE, UPPER, card), Events.WrongSigner.selector, true);
    }

    function executes(Owners.Action memory a, bytes4 want, bool asks) private {
        if (asks) {
            asOwner(a.kind, a.value, a.to);
            pass(8192, 1 days);
        }
        says(abi.encodePacked(want), abi.encodeCall(vault.execute, (a)));
    }

    /// @notice Bytes that nobody meant for it, at every entry point.
    function testFuzzRandomBytesChangeNothing(uint256 which, bytes calldata noise) public {
        bytes4[] memory doors = entrances();
        bytes32 before = everything();
        vm.prank(address(0xbad));
        (bool ok,) = address(vault).call(abi.encodePacked(doors[which % doors.length], noise));
        require(before == everything(), string.concat("random bytes changed something", ok ? "" : ", refused"));
    }

    function entrances() private view returns (bytes4[] memory d) {
        d = new bytes4[](20);
        (d[0], d[1], d[2], d[3]) =
            (vault.pay.selector, vault.payTwo.selector, vault.payApproved.selector, vault.payBatch.selector);
        (d[4], d[5], d[6], d[7]) =
            (vault.payPasskey.selector, vault.startMandate.selector, vault.pull.selector, vault.bind.selector);
        (d[8], d[9], d[10], d[11]) =
            (vault.claimGift.selector, vault.act.selector, vault.execute.selector, vault.advance.selector);
        (d[12], d[13], d[14], d[15]) =
            (vault.openCase.selector, vault.refund.selector, vault.season.selector, vault.rule.selector);
        (d[16], d[17], d[18], d[19]) = (
            vault.proveTwoOffers.selector,
            vault.proveWrongReceipt.selector,
            vault.proveSettledTwice.selector,
            vault.slashBond.selector
        );
    }
}
