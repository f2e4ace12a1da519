// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Bonds} from "../src/Bonds.sol";
import {Evidence} from "../src/Evidence.sol";
import {Merchant} from "../src/Merchant.sol";
import {Messages} from "../src/Messages.sol";
import {Owners} from "../src/Owners.sol";
import {Params} from "../src/State.sol";
import {Docket} from "./Docket.sol";
import {ReentrantDollar} from "./Tokens.sol";
import {vm} from "./Vm.sol";

/// @notice An arbitrator that calls back while it is asked.
contract CallingJudge {
    bool public refused;

    function createDispute(uint256, bytes calldata) external payable returns (uint256) {
        (bool ok,) = msg.sender.call(abi.encodeWithSignature("collect()"));
        (bool ruled,) = msg.sender.call(abi.encodeWithSignature("rule(uint256,uint256)", 7, 1));
        refused = !ok && !ruled;
        return 7;
    }
}

/// @notice A token that calls back while it moves, at every entry point that moves tokens. The call back is a
/// claim that anybody may make and that would succeed at any other time.
contract ReentrancyTest is Docket {
    ReentrantDollar internal bad;
    CallingJudge internal judge;

    function token() internal override returns (address) {
        judge = new CallingJudge();
        return address(bad = new ReentrantDollar());
    }

    function parameters() internal view override returns (Params memory p) {
        p = super.parameters();
        p.arbitrator = address(judge);
    }

    /// @notice Calls as `who`, with the token calling back; the call succeeds and the one inside it does not.
    function once(address who, bytes memory what) internal {
        vault.claim(merchant);
        bad.arm(address(vault), abi.encodeCall(vault.claim, (merchant)));
        vm.prank(who);
        (bool ok,) = address(vault).call(what);
        require(ok, "the outer call failed");
        require(bad.target() == address(0), "no token moved");
        require(bad.refused(), "entered");
    }

    function testOwnersEntrancesAreEnteredOnce() public {
        once(address(this), abi.encodeCall(vault.deposit, (card, 1e6)));
        asOwner(Owners.EXIT, 10e6, owner);
        pass(8192, 1 days);
        once(address(0xbad), abi.encodeCall(vault.execute, (action(Owners.EXIT, 10e6, owner))));
    }

    function testMerchantsEntrancesAreEnteredOnce() public {
        once(address(this), abi.encodeCall(vault.register, ("record", address(this), 500e6)));
        once(address(this), abi.encodeCall(vault.stake, (merchant, 1e6)));
        pay(50e6, 1);
        pass(7200, DAY);
        once(merchant, abi.encodeCall(vault.advance, (10e6)));
        vm.prank(merchant);
        vault.close();
        pass(22 * 7200, 22 * DAY);
        once(merchant, abi.encodeCall(vault.withdrawStake, ()));
    }

    function testAClaimIsPaidOnce() public {
        pay(50e6, 1);
        pass(22 * 7200, 22 * DAY);
        bad.arm(address(vault), abi.encodeCall(vault.claim, (merchant)));
        eq(vault.claim(merchant), 50e6, "claimed");
        require(bad.refused(), "entered");
        eq(vault.claim(merchant), 0, "claimed again");
    }

    function testTheCourtsEntrancesAreEnteredOnce() public {
        threePayments();
        once(address(this), abi.encodeCall(vault.openCase, (paid[0], proofOf(0, 2))));
        vm.prank(merchant);
        vault.concede(leaves[0]);
        once(address(this), abi.encodeCall(vault.collect, ()));
        vault.openCase(paid[1], proofOf(1, 2));
        pass(10 * 7200, 10 * DAY);
        vault.decide(leaves[1]);
        vault.appeal(leaves[1]);
        require(judge.refused(), "the arbitrator entered");
    }

    function testEvidenceIsEnteredOnce() public {
        (Evidence.Offer memory x, bytes32 hash) = offerOf(50e6);
        (Evidence.Offer memory y,) = offerOf(5e6);
        tracked(CARD, merchant, 50e6, 1, hash);
        nextDay();
        once(address(0xbad), abi.encodeCall(vault.proveTwoOffers, (paid[0], proofOf(0, 0), terminal(), x, y)));
    }

    function testBondsAreEnteredOnce() public {
        bonded(90e6);
        address approver = vm.addr(APPROVER);
        dollar.approve(address(vault), 10e6);
        once(address(this), abi.encodeCall(vault.addBond, (approver, 10e6)));
        vm.prank(approver);
        vault.askBond(50e6);
        pass(14 * 7200, 14 days);
        once(approver, abi.encodeCall(vault.takeBond, ()));
        Bonds.Promise memory x = promised(800e6, 1);
        Bonds.Promise memory y = promised(801e6, 2);
        once(address(0xbad), abi.encodeCall(vault.slashBond, (card, x, y)));
    }

    function promised(uint256 amount, uint256 counter) private returns (Bonds.Promise memory p) {
        (p.head, p.anchor, p.offer) = (headOf(merchant, amount, counter), newest(), "o");
        (p.hash, p.challenge, p.times) = (hashOf(p.anchor), "c", clock << 128 | (clock + 600) << 96);
        bytes32 text = Messages.approval(card, p.challenge, digestOf(p.head, p.anchor, "o"), p.times);
        (p.r, p.vs) = vm.signCompact(APPROVER, text);
    }

    /// @notice A payment does not take the lock, and is counted when it settles in the middle of something else.
    function testAPaymentInTheMiddleIsCounted() public {
        bytes[3] memory outer = [
            abi.encodeCall(vault.deposit, (card, 1e6)),
            abi.encodeCall(vault.stake, (merchant, 1e6)),
            abi.encodeCall(vault.addBond, (address(0xa), 1e6))
        ];
        for (uint256 i; i < 3; i++) {
            (uint256 head, uint256 a) = (headOf(merchant, 10e6, i + 1), newest());
            (bytes32 r, bytes32 vs) = signed(CARD, head, a, "o");
            bad.arm(address(vault), abi.encodeCall(vault.pay, (head, a, "o", r, vs)));
            (bool ok,) = address(vault).call(outer[i]);
            require(ok && !bad.refused(), "not paid");
        }
        eq(balance(card), 871e6, "purse");
        (uint256 t, uint256 w, uint256 s) = vault.merchantOf(merchant);
        eq(Merchant.unpackRecord(s).roomAtStart - Merchant.room(t), 30e6, "taken today");
        eq(Merchant.unpack(w).stake, 2_001e6, "stake");
    }
}
