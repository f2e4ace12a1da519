// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Batches} from "../src/Batches.sol";
import {Chain} from "../src/Chain.sol";
import {Merchant} from "../src/Merchant.sol";
import {Owners} from "../src/Owners.sol";
import {Payments} from "../src/Payments.sol";
import {Purse} from "../src/Purse.sol";
import {Case, Params} from "../src/State.sol";
import {Base} from "./Base.sol";
import {vm} from "./Vm.sol";

/// @notice Everybody who uses a vault, doing anything in any order; what they did is kept to be compared.
contract Handler is Base {
    uint64 internal constant LIFE = 1000;
    address[] public merchants;
    uint256[] public keys;
    bytes32[] public openCases;
    address[] internal cards;

    mapping(address card => mapping(uint256 counter => bool)) public settled;
    mapping(address card => mapping(uint256 day => uint256)) internal spentOn;
    mapping(address card => mapping(uint256 month => uint256)) internal spentIn;
    mapping(address card => uint256[2][]) internal spending; // time, amount
    mapping(address card => bool) public revoked;
    mapping(address card => uint256) public authorised; // in less what cards and owners signed away
    mapping(address m => mapping(uint256 day => bytes32[])) internal links;
    mapping(address m => mapping(uint256 day => uint128[])) internal before;
    Chain.Payment[] internal paid;
    uint256[] internal place;
    uint256 public dead; // payments that settled W blocks after their anchor
    uint256 public twice; // counters that settled twice
    uint256 public late; // payments that settled after a revocation
    uint256 public beyond; // exposure beyond leverage, seen after a payment
    uint256 public over; // payments above a limit, of the calendar or of the time that trails
    uint256 public done; // payments that settled

    constructor() {
        setUp();
        merchants.push(merchant);
        merchants.push(address(0x5a1f));
        join(merchants[1], 60e6);
        for (uint256 i; i < 3; i++) {
            keys.push(0xabc0 + i);
            cards.push(vm.addr(keys[i]));
            bind(keys[i], LIMITS);
            give(vm.addr(keys[i]), 1_500e6);
            authorised[vm.addr(keys[i])] = 1_500e6;
        }
    }

    /// @notice Small numbers, so that every bound is met.
    function parameters() internal view override returns (Params memory p) {
        p = super.parameters();
        (p.anchorLife, p.leastStake, p.maxLeverage) = (LIFE, 50e6, 16);
    }

    function world() external view returns (address, address) {
        return (address(vault), address(dollar));
    }

    function doPay(uint256 who, uint256 whom, uint256 amount, uint256 counter, uint256 age) external {
        uint256 key = keys[who % keys.length];
        address m = merchants[whom % merchants.length];
        amount = amount % 8 == 0 ? amount % 120e6 : amount % 40e6;
        uint256 top = Purse.counter(vault.purseOf(vm.addr(key)));
        counter = counter % 3 == 0 ? (top > 18 ? top - counter % 18 : counter % 20) : top + 1 + counter % 3;
        age = age % 10 == 0 ? age % 1500 : age % 200;
        uint256 a = newest() > age ? (newest() - age) & ~uint256(7) : newest();
        _pay(key, m, amount, counter, a, age % 3 == 0);
    }

    /// @notice Somebody who has found a card pays as much as it will, at once: by itself chance hardly meets the day's
    /// limit.
    function doSpree(uint256 who, uint256 whom) external {
        uint256 key = keys[who % keys.length];
        uint256 top = Purse.counter(vault.purseOf(vm.addr(key)));
        for (uint256 i = 1; i < 5; i++) {
            _pay(key, merchants[whom % merchants.length], 75e6, top + i, newest(), false);
        }
    }

    /// @notice The same for some days in a row, for the month's limit.
    function doHoliday(uint256 who, uint256 whom) external {
        uint256 key = keys[who % keys.length];
        for (uint256 day; day < 6; day++) {
            uint256 top = Purse.counter(vault.purseOf(vm.addr(key)));
            for (uint256 i = 1; i < 4; i++) {
                _pay(key, merchants[whom % merchants.length], 80e6, top + i, newest(), false);
            }
            pass(7200, DAY);
        }
    }

    function _pay(uint256 key, address m, uint256 amount, uint256 counter, uint256 a, bool batch) private {
        uint256 head = headOf(m, amount, counter);
        bytes32 offer = keccak256(abi.encode(counter, amount));
        (bytes32 r, bytes32 vs) = signed(key, head, a, offer);
        (uint256 t,,) = vault.merchantOf(m);
        uint256 day = clock / DAY;
        uint128 acc = Merchant.day(t) == day
            ? uint128(t)
            : uint128(uint256(keccak256(abi.encodePacked(vault, m, uint16(day)))) >> 128);
        uint256 had = vault.purseOf(vm.addr(key));
        bytes memory one = abi.encodePacked(uint96(head), uint8(0), offer, r, vs);
        bytes memory what = batch
            ? abi.encodeCall(Batches.payBatch, (m, _list(a), one))
            : abi.encodeCall(Payments.pay, (head, a, offer, r, vs));
        (bool ok,) = address(vault).call(what);
        if (!ok || vault.purseOf(vm.addr(key)) == had) return;
        _note(vm.addr(key), m, amount, counter, a);
        bytes32 leaf = keccak256(abi.encodePacked(digestOf(head, a, offer), vm.addr(key)));
        paid.push(Chain.Payment(head, a, hashOf(a), offer, vm.addr(key), day));
        place.push(links[m][day].length);
        links[m][day].push(leaf);
        before[m][day].push(acc);
    }

    function _list(uint256 a) private pure returns (uint256[] memory list) {
        list = new uint256[](1);
        list[0] = a;
    }

    function _note(address who, address m, uint256 amount, uint256 counter, uint256 a) private {
        done++;
        if (height - a > LIFE) dead++;
        if (settled[who][counter]) twice++;
        if (revoked[who]) late++;
        settled[who][counter] = true;
        _limits(who, amount);
        authorised[who] -= amount;
        (uint256 t, uint256 w, uint256 s) = vault.merchantOf(m);
        Merchant.Account memory x = Merchant.unpack(w);
        uint256 taken = Merchant.unpackRecord(s).roomAtStart - Merchant.room(t);
        if ((x.unmatured + taken) * 16 > x.stake * 16) beyond++;
    }

    /// @notice Compares what a card spent with its limits: once of a day and of a month, and twice of what trails.
    function _limits(address who, uint256 amount) private {
        spentOn[who][clock / DAY] += amount;
        spentIn[who][clock / DAY / 30] += amount;
        spending[who].push([clock, amount]);
        (uint256 day, uint256 month) = (0, 0);
        uint256[2][] storage all = spending[who];
        for (uint256 i = all.length; i > 0 && all[i - 1][0] + 30 * DAY > clock; i--) {
            if (all[i - 1][0] + DAY > clock) day += all[i - 1][1];
            month += all[i - 1][1];
        }
        if (spentOn[who][clock / DAY] > 250e6 || spentIn[who][clock / DAY / 30] > 1_000e6) over++;
        if (day > 500e6 || month > 2_000e6) over++;
    }

    function doPass(uint256 time) external {
        if (time % 4 == 0) pass(7200 * (1 + time % 40), DAY * (1 + time % 40));
        else if (time % 4 == 1) pass(7200, DAY);
        else pass(time % 500, (time % 500) * 12);
    }

    function doDeposit(uint256 who, uint256 amount) external {
        address c = vm.addr(keys[who % keys.length]);
        if (revoked[c]) return;
        give(c, 1 + amount % 100e6);
        authorised[c] += 1 + amount % 100e6;
    }

    function doExit(uint256 who, uint256 amount, bool carry) external {
        address c = vm.addr(keys[who % keys.length]);
        Owners.Action memory a = Owners.Action(Owners.EXIT, c, 1 + amount % 3 * 40e6, owner, 0, 0);
        if (!carry) {
            vm.prank(owner);
            (bool asked,) = address(vault).call(abi.encodeCall(vault.act, (a, "")));
            asked;
            return;
        }
        uint256 had = balance(c);
        (bool ok,) = address(vault).call(abi.encodeCall(vault.execute, (a)));
        if (ok) authorised[c] -= had - balance(c);
    }

    function doRevoke(uint256 who) external {
        if (who % 16 != 0) return;
        address c = vm.addr(keys[who % keys.length]);
        if (revoked[c]) return;
        vm.prank(owner);
        vault.act(Owners.Action(Owners.REVOKE, c, 0, address(0), 0, 0), "");
        revoked[c] = true;
    }

    function doLoosen(uint256 who, bool carry) external {
        address c = vm.addr(keys[who % keys.length]);
        Owners.Action memory a = Owners.Action(Owners.LOOSEN, c, LIMITS << 12, address(0), 0, 0);
        vm.prank(owner);
        bytes memory what = carry ? abi.encodeCall(vault.execute, (a)) : abi.encodeCall(vault.act, (a, ""));
        (bool ok,) = address(vault).call(what);
        ok;
    }

    function doClaim(uint256 whom) external {
        vault.claim(merchants[whom % merchants.length]);
    }

    function doAdvance(uint256 whom, uint256 amount) external {
        vm.prank(merchants[whom % merchants.length]);
        (bool ok,) = address(vault).call(abi.encodeCall(vault.advance, (amount % 100e6)));
        ok;
    }

    function doOpen(uint256 which) external {
        if (paid.length == 0) return;
        uint256 i = which % paid.length;
        address m = address(uint160(paid[i].head >> 96));
        bytes32[] storage l = links[m][paid[i].day];
        if (l.length - place[i] > 40) return;
        Chain.Proof memory p;
        p.before = before[m][paid[i].day][place[i]];
        p.links = new bytes32[](l.length - 1 - place[i]);
        for (uint256 k; k < p.links.length; k++) {
            p.links[k] = l[place[i] + 1 + k];
        }
        dollar.mint(address(this), 5e6);
        dollar.approve(address(vault), 5e6);
        (bool ok,) = address(vault).call(abi.encodeCall(vault.openCase, (paid[i], p)));
        if (ok) openCases.push(l[place[i]]);
    }

    function doDecide(uint256 which, uint256 how) external {
        if (openCases.length == 0) return;
        bytes32 leaf = openCases[which % openCases.length];
        bytes memory what = how % 3 == 0
            ? abi.encodeCall(vault.decide, (leaf))
            : how % 3 == 1 ? abi.encodeCall(vault.settleCase, (leaf)) : abi.encodeCall(vault.concede, (leaf));
        Case memory c = vault.caseOf(leaf);
        vm.prank(c.merchant);
        (bool ok,) = address(vault).call(what);
        if (ok && how % 3 != 0 && (how % 3 == 2 || c.buyerWins == 1)) authorised[c.card] += c.held;
    }

    /// @notice What the vault owes to everybody.
    function owed() external view returns (uint256 sum) {
        sum = vault.owedTo(address(this)) + balance(card);
        for (uint256 i; i < keys.length; i++) {
            sum += balance(addressOf(i));
        }
        for (uint256 i; i < merchants.length; i++) {
            (uint256 t, uint256 w, uint256 s) = vault.merchantOf(merchants[i]);
            Merchant.Account memory a = Merchant.unpack(w);
            sum += a.stake + a.unmatured + a.free + Merchant.unpackRecord(s).roomAtStart - Merchant.room(t);
            sum -= a.advanced;
        }
        for (uint256 i; i < openCases.length; i++) {
            Case memory c = vault.caseOf(openCases[i]);
            sum += c.held + c.stake;
        }
    }

    function addressOf(uint256 i) public view returns (address) {
        return cards[i];
    }

    function howMany() external view returns (uint256) {
        return cards.length;
    }
}
