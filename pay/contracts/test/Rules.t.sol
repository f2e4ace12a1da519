// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Events} from "../src/Events.sol";
import {Merchant} from "../src/Merchant.sol";
import {Params} from "../src/State.sol";
import {Seasoned} from "./Seasoned.sol";
import {vm} from "./Vm.sol";

/// @notice The rules of disputes that the simulator asked for, each at work.
contract RulesTest is Seasoned {
    function parameters() internal view override returns (Params memory p) {
        p = super.parameters();
        p.penaltyBps = 10_000;
    }

    function stakeOf() internal view returns (uint256) {
        (, uint256 w,) = vault.merchantOf(merchant);
        return Merchant.unpack(w).stake;
    }

    function testALostCaseBurnsAsMuchOfTheStake() public {
        trade(60e6);
        for (uint256 i; i < 3; i++) {
            disputes(i, 2);
        }
        pass(10 * 7200, 10 * DAY);
        for (uint256 i; i < 3; i++) {
            vault.decide(leaves[i]);
        }
        pass(4 * 7200, 4 * DAY);
        uint256 fire = dollar.balanceOf(address(0xdEaD));
        for (uint256 i; i < 3; i++) {
            vault.settleCase(leaves[i]);
            eq(balance(vm.addr(0x501 + i)), 298e6, "made whole");
        }
        eq(stakeOf(), 2_000e6 - 180e6, "stake");
        eq(dollar.balanceOf(address(0xdEaD)) - fire, 180e6, "burned");
    }

    /// @notice Who is not the owner of a card weighs nothing against a merchant, however many cases it opens.
    function testAChallengerAloneConvictsNobody() public {
        trade(60e6);
        dollar.mint(address(this), 15e6);
        dollar.approve(address(vault), 15e6);
        for (uint256 i; i < 3; i++) {
            vault.openCase(paid[i], proofOf(i, 2));
        }
        (,, uint256 score) = vault.merchantOf(merchant);
        eq(Merchant.unpackRecord(score).bad, 0, "bad side");
        pass(10 * 7200, 10 * DAY);
        vault.decide(leaves[0]);
        eq(vault.caseOf(leaves[0]).buyerWins, 0, "buyer wins");
    }

    /// @notice Else anybody could keep a merchant from its money with one case stake.
    function testOnlyCasesThatWeighStopAnAdvance() public {
        trade(60e6);
        dollar.mint(address(this), 5e6);
        dollar.approve(address(vault), 5e6);
        vault.openCase(paid[0], proofOf(0, 2));
        vm.prank(merchant);
        vault.advance(1e6);
        disputes(1, 2);
        vm.prank(merchant);
        vm.expectRevert(abi.encodeWithSelector(Events.NotFree.selector, 0));
        vault.advance(1e6);
    }

    /// @notice A merchant that lost a vote loses what is disputed later of that time, when the first disputes have faded.
    function testWhoLostAVoteLosesWhatWasPaidUntilThen() public {
        trade(60e6);
        tracked(CARD, merchant, 50e6, 1, "later");
        nextDay();
        for (uint256 i; i < 3; i++) {
            disputes(i, 2);
        }
        pass(10 * 7200, 10 * DAY);
        vault.decide(leaves[0]);
        eq(vault.caseOf(leaves[0]).buyerWins, 1, "the vote");
        disputes(9, 9);
        pass(4 * 7200, 4 * DAY);
        vault.settleCase(leaves[0]);
        pass(6 * 7200, 6 * DAY);
        vault.decide(leaves[9]);
        eq(vault.caseOf(leaves[9]).buyerWins, 1, "a late case about that time");
    }

    /// @notice What is won back fades like what it takes away: two cases of one weight leave nothing behind, and no less.
    function testAWonCaseReleasesWhatIsLeftOfItsWeight() public {
        trade(60e6);
        disputes(0, 2);
        pass(5 * 7200, 5 * DAY);
        disputes(1, 2);
        pass(10 * 7200, 10 * DAY);
        vault.decide(leaves[0]);
        pass(4 * 7200, 4 * DAY);
        vault.settleCase(leaves[0]);
        (,, uint256 score) = vault.merchantOf(merchant);
        uint256 bad = Merchant.unpackRecord(score).bad;
        require(bad > 22e6 && bad < 23e6, str(bad)); // 60 after fourteen days of a half-life of ten
    }
}
