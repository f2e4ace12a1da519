// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Messages} from "../src/Messages.sol";
import {Purse} from "../src/Purse.sol";
import {Params} from "../src/State.sol";
import {Vault} from "../src/Vault.sol";
import {Dollar} from "./Tokens.sol";
import {vm} from "./Vm.sol";

/// @notice A vault with a merchant and a card, on a chain with history.
abstract contract Base {
    uint256 internal constant DAY = 86_400;
    uint256 internal constant OWNER = 0xa11ce;
    uint256 internal constant CARD = 0xca4d;
    address internal constant HISTORY = 0x0000F90827F1C53a10cb7A02335B175320002935;
    /// 100 a payment, 250 a day, 1,000 a month, in units of 1e-6; no cooldown.
    uint256 internal constant LIMITS = (100 << 4 | 6) << 24 | (25 << 4 | 7) << 12 | (10 << 4 | 8);

    /// The compiler takes block.number and block.timestamp for constants of a test, so they are kept here too.
    uint256 internal height;
    uint256 internal clock;
    Dollar internal dollar;
    Vault internal vault;
    address internal owner;
    address internal card;
    address internal merchant = address(0x5a1e);

    function setUp() public virtual {
        pass(100_000, 20_000 * DAY + 1);
        vm.etch(
            HISTORY,
            hex"3373fffffffffffffffffffffffffffffffffffffffe14604657602036036042575f35600143038111604257611fff81430311604257611fff9006545f5260205ff35b5f5ffd5b5f35611fff60014303065500"
        );
        dollar = Dollar(token());
        vault = new Vault(parameters());
        (owner, card) = (vm.addr(OWNER), vm.addr(CARD));
        bind(CARD, LIMITS);
        give(card, 900e6);
        join(merchant, 2_000e6);
    }

    function token() internal virtual returns (address) {
        return address(new Dollar());
    }

    function parameters() internal view virtual returns (Params memory p) {
        p.token = address(dollar);
        p.anchorLife = 8191;
        p.ownerDelay = 1 days;
        (p.windowDays, p.decisionDays, p.appealDays, p.silenceDays) = (20, 10, 3, 30);
        (p.ratio, p.minimumCases, p.minimumCards) = (150, 3, 2);
        (p.caseStake, p.leastStake, p.payerCap) = (5e6, 500e6, 200e6);
        (p.multiple, p.maxLeverage, p.leverageStep) = (4, 48, 1);
        p.slope = 429_496_729; // a half-life of 10 days
        (p.feeBps, p.slashBps) = (20, 2_500);
    }

    function bind(uint256 key, uint256 limits) internal {
        (bytes32 r, bytes32 vs) = vm.signCompact(key, bindDigest(vm.addr(key), owner));
        vm.prank(owner);
        vault.bind(vm.addr(key), owner, limits << 12, 0, r, vs, "");
    }

    function bindDigest(address what, address who) internal view returns (bytes32) {
        return sha256(
            abi.encodePacked(Messages.BIND, uint64(block.chainid), address(vault), address(dollar), what, who)
        );
    }

    function give(address to, uint256 amount) internal virtual {
        dollar.mint(address(this), amount);
        dollar.approve(address(vault), amount);
        vault.deposit(to, amount);
    }

    function join(address m, uint256 stake) internal virtual {
        dollar.mint(m, stake);
        vm.startPrank(m);
        dollar.approve(address(vault), stake);
        vault.register(keccak256("record"), m, stake);
        vm.stopPrank();
    }

    /// @notice The newest block that may be an anchor.
    function newest() internal view returns (uint256) {
        return (height - 3) & ~uint256(7);
    }

    /// @notice Lets time pass, and gives the old blocks hashes where contracts find them.
    function pass(uint256 blocks, uint256 time) internal {
        (height, clock) = (height + blocks, clock + time);
        vm.roll(height);
        vm.warp(clock);
    }

    function hashOf(uint256 n) internal returns (bytes32 h) {
        if (height - n <= 256) {
            h = blockhash(n);
            if (h == 0) vm.setBlockhash(n, h = keccak256(abi.encode("block", n)));
            return blockhash(n);
        }
        h = keccak256(abi.encode("block", n));
        vm.store(HISTORY, bytes32(n % 8191), h);
    }

    function headOf(address m, uint256 amount, uint256 counter) internal pure returns (uint256) {
        return uint256(uint160(m)) << 96 | amount << 32 | counter;
    }

    function digestOf(uint256 head, uint256 anchor, bytes32 offer) internal returns (bytes32) {
        return digestWith(head, anchor, hashOf(anchor), offer);
    }

    /// @notice The digest of a payment whose anchor had this hash.
    function digestWith(uint256 head, uint256 anchor, bytes32 hash, bytes32 offer) internal view returns (bytes32) {
        return sha256(
            abi.encodePacked(
                Messages.PAY,
                uint64(block.chainid),
                address(vault),
                address(dollar),
                head,
                uint64(anchor),
                hash,
                offer
            )
        );
    }

    function signed(uint256 key, uint256 head, uint256 anchor, bytes32 offer) internal returns (bytes32, bytes32) {
        return vm.signCompact(key, digestOf(head, anchor, offer));
    }

    /// @notice A payment of the usual card at the usual merchant.
    function pay(uint256 amount, uint256 counter) internal {
        pay(CARD, merchant, amount, counter, newest());
    }

    function pay(uint256 key, address m, uint256 amount, uint256 counter, uint256 anchor) internal {
        uint256 head = headOf(m, amount, counter);
        bytes32 offer = keccak256(abi.encode("offer", counter, amount));
        (bytes32 r, bytes32 vs) = signed(key, head, anchor, offer);
        vault.pay(head, anchor, offer, r, vs);
    }

    function balance(address who) internal view returns (uint256) {
        return Purse.balance(vault.purseOf(who));
    }

    function eq(uint256 got, uint256 want, string memory what) internal pure {
        require(got == want, string.concat(what, ": ", str(got), " and not ", str(want)));
    }

    function str(uint256 n) internal pure returns (string memory) {
        if (n < 10) return string(abi.encodePacked(bytes1(uint8(48 + n))));
        return string.concat(str(n / 10), str(n % 10));
    }
}
