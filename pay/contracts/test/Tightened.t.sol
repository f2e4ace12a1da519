// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Approvals} from "../src/Approvals.sol";
import {Bonds} from "../src/Bonds.sol";
import {Events} from "../src/Events.sol";
import {Messages} from "../src/Messages.sol";
import {Owners} from "../src/Owners.sol";
import {Purse} from "../src/Purse.sol";
import {Reason} from "../src/Reason.sol";
import {Docket} from "./Docket.sol";
import {vm} from "./Vm.sol";

/// @notice Every tightening, after a tap that was approved and before it settles: the bonded approver's word holds.
contract TightenedTest is Docket {
    uint256 internal constant HIGH = (200 << 4 | 6) << 24 | (50 << 4 | 7) << 12 | (10 << 4 | 8);

    uint256 internal anchor;
    uint256 internal head;
    bytes32 internal r;
    bytes32 internal vs;
    Approvals.Approval internal good;

    function tap(uint256 amount, uint256 counter) internal {
        (anchor, head) = (newest(), headOf(merchant, amount, counter));
        (r, vs) = signed(CARD, head, anchor, "o");
        good = approved(head, anchor, clock - 5);
    }

    function settles(Reason why) internal {
        refused(why);
        vault.pay(head, anchor, "o", r, vs);
        uint256 settings = vault.purseOf(card) & ((1 << 48) - 1);
        vault.payApproved(head, anchor, "o", r, vs, good);
        eq(vault.purseOf(card) & ((1 << 48) - 1), settings, "the purse is as tight as before");
    }

    function testBuyThenRaiseTheCooldownStillPays() public {
        bonded(300e6);
        pay(1e6, 1);
        tap(40e6, 2);
        asOwner(Owners.TIGHTEN, LIMITS << 12 | 63 << 6, address(0));
        settles(Reason.Cooldown);
        eq(balance(card), 859e6, "purse");
    }

    function testBuyThenWantAttestedMerchantsStillPays() public {
        bonded(300e6);
        tap(40e6, 1);
        asOwner(Owners.TIGHTEN, LIMITS << 12 | Purse.ATTESTED, address(0));
        settles(Reason.Unattested);
        eq(balance(card), 860e6, "purse");
    }

    function testBuyThenDropThePayeeStillPays() public {
        bonded(300e6);
        delayed(Owners.ALLOW_PAYEE, HIGH, merchant);
        tap(150e6, 1);
        asOwner(Owners.DROP_PAYEE, 0, merchant);
        settles(Reason.OverPayment);
        eq(balance(card), 750e6, "purse");
    }

    /// @notice A payee that was dropped long ago has no limits of its own again because of another tightening.
    function testAPayeeDroppedLongAgoStaysDropped() public {
        bonded(300e6);
        delayed(Owners.ALLOW_PAYEE, HIGH, merchant);
        asOwner(Owners.DROP_PAYEE, 0, merchant);
        pass(8192, DAY);
        tap(150e6, 1);
        asOwner(Owners.FREEZE, 0, address(0));
        refused(Reason.OverPayment);
        vault.payApproved(head, anchor, "o", r, vs, good);
    }

    /// @notice An approver is asked again after a reorganisation. The first approval is for a block that is on no chain.
    function testAnApprovalOfAnAnchorThatNeverWasSlashesNobody() public {
        bonded(40e6);
        Bonds.Promise memory x = promised(500e6, 20, keccak256("orphan"));
        Bonds.Promise memory y = promised(500e6, 21, hashOf(newest()));
        vm.expectRevert(Events.NoProof.selector);
        vault.slashBond(card, x, y);
        x = promised(500e6, 20, hashOf(newest()));
        vault.slashBond(card, x, y);
    }

    function promised(uint256 amount, uint256 counter, bytes32 hash) internal returns (Bonds.Promise memory p) {
        (p.head, p.anchor, p.offer) = (headOf(merchant, amount, counter), newest(), "o");
        (p.hash, p.challenge, p.times) = (hash, "c", clock << 128 | (clock + 600) << 96);
        bytes32 digest = digestWith(p.head, p.anchor, hash, "o");
        (p.r, p.vs) = vm.signCompact(APPROVER, Messages.approval(card, p.challenge, digest, p.times));
    }
}
