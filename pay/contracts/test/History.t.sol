// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Chain} from "../src/Chain.sol";
import {Court} from "../src/Court.sol";
import {Merchant} from "../src/Merchant.sol";
import {Merchants} from "../src/Merchants.sol";
import {Rolling} from "../src/Rolling.sol";
import {Rules} from "../src/Rules.sol";
import {Params, State} from "../src/State.sol";
import {Dollar} from "./Tokens.sol";
import {vm} from "./Vm.sol";

interface Files {
    function readLine(string calldata path) external returns (string memory);
    function parseBytes(string calldata) external pure returns (bytes memory);
    function pauseGasMetering() external;
}

/// @notice A history, and how far it was read.
struct Line {
    bytes text;
    uint256 read;
}

/// @notice The vault's merchants without signatures and purses: the libraries, on a state of their own.
contract Life {
    using Merchant for uint256;

    State internal s;
    Chain.Payment[] internal paid;
    uint128[] internal before;
    uint256[] internal place; // of a payment in its day
    mapping(uint256 day => bytes32[]) internal links;

    constructor(Params memory p) {
        s.params = p;
        s.rules = Rules.pack(p);
        Dollar(p.token).mint(msg.sender, 1 << 60);
        // What the purses' owners would have brought:
        Dollar(p.token).mint(address(this), 1 << 60);
        for (uint256 i; i < 60; i++) {
            address card = address(uint160(0xca00 + i));
            s.config[card].owner = i % 3 == 0 ? msg.sender : address(1);
            s.config[card].seasoned = i % 2 == 1;
        }
    }

    function register(uint256 stake) external {
        Merchants.register(s, keccak256("record"), address(2), stake);
    }

    function step(uint256 op, address card, uint256 v) external {
        address m = msg.sender;
        if (op == 1) _pay(m, card, v);
        else if (op == 2) Court.open(s, paid[v], _proof(v));
        else if (op == 3) Court.decide(s, _leaf(v));
        else if (op == 4) Court.settle(s, _leaf(v));
        else if (op == 5) Court.concede(s, _leaf(v));
        else if (op == 6) Court.refund(s, paid[v & 255], _proof(v & 255), v >> 8);
        else if (op == 7) Merchants.claim(s, m);
        else if (op == 8) Merchants.advance(s, v);
        else if (op == 9) Merchants.stake(s, m, v);
        else if (op == 10) Merchants.close(s);
        else if (op == 11) Merchants.withdraw(s);
        else if (op == 12) Merchants.roll(s, m);
        else _own(m, v);
    }

    /// @dev Whoever the card's owner is otherwise, the merchant is it for this once.
    function _own(address m, uint256 v) private {
        address card = paid[v].card;
        address owner = s.config[card].owner;
        s.config[card].owner = m;
        Court.open(s, paid[v], _proof(v));
        s.config[card].owner = owner;
    }

    /// @dev Rolls and takes as Payments._open and _settle do.
    function _pay(address m, address card, uint256 amount) private {
        uint256 day = block.timestamp / 86_400;
        uint256 t = s.today[m];
        if (t.day() != day) t = Rolling.roll(s, s.rules, m, t, day);
        require(amount <= t.room());
        uint256 head = uint256(uint160(m)) << 96 | amount << 32 | paid.length;
        paid.push(Chain.Payment(head, 0, 0, 0, card, day));
        bytes32 leaf = _leaf(paid.length - 1);
        before.push(uint128(t));
        place.push(links[day].length);
        links[day].push(leaf);
        s.today[m] = t.take(amount, card).link(leaf);
    }

    function _leaf(uint256 i) private view returns (bytes32 leaf) {
        return this.leafOf(paid[i]);
    }

    function leafOf(Chain.Payment calldata p) external view returns (bytes32 leaf) {
        (leaf,) = Chain.leafOf(s, p);
    }

    function _proof(uint256 i) private view returns (Chain.Proof memory p) {
        bytes32[] storage all = links[paid[i].day];
        p.before = before[i];
        p.links = new bytes32[](all.length - place[i] - 1);
        for (uint256 k; k < p.links.length; k++) {
            p.links[k] = all[place[i] + 1 + k];
        }
    }

    function words(address m) external view returns (uint256, uint256, uint256, uint256) {
        return (s.today[m], s.merchant[m], s.score[m], s.disputers[m]);
    }

    function ring(address m, uint256 i) external view returns (uint256) {
        return s.ring[m][i];
    }

    function outcome(uint256 i) external view returns (uint256, uint256, uint256) {
        bytes32 leaf = _leaf(i);
        return (s.cases[leaf].state, s.cases[leaf].buyerWins, s.cases[leaf].goodAtOpen);
    }
}

/// @notice What the Go package pay/score says of merchants is what the contracts say: its histories, replayed here, end
/// every step with the same words, bit by bit but for the accumulators.
contract HistoryTest {
    string internal constant FILE = "test/histories/histories.txt";

    Life internal life;
    Dollar internal dollar;

    function testHistoriesEndInTheWordsThatGoSays() public {
        Files(address(vm)).pauseGasMetering();
        uint256 n;
        uint256 steps;
        for (string memory text = Files(address(vm)).readLine(FILE); bytes(text).length != 0; n++) {
            Line memory l = Line(Files(address(vm)).parseBytes(text), 0);
            _begin(l);
            while (_step(l, n)) steps++;
            text = Files(address(vm)).readLine(FILE);
        }
        require(n > 200 && steps > 2_000, "few histories");
    }

    function _begin(Line memory l) private {
        dollar = new Dollar();
        Params memory p;
        p.token = address(dollar);
        (p.windowDays, p.decisionDays, p.appealDays) = (uint8(_next(l, 1)), uint8(_next(l, 1)), uint8(_next(l, 1)));
        (p.ratio, p.minimumCases, p.minimumCards) = (uint16(_next(l, 2)), uint16(_next(l, 2)), uint16(_next(l, 2)));
        (p.caseStake, p.payerCap) = (uint64(_next(l, 8)), uint64(_next(l, 8)));
        (p.multiple, p.maxLeverage, p.leverageStep) = (uint8(_next(l, 1)), uint8(_next(l, 1)), uint8(_next(l, 1)));
        (p.slope, p.feeBps, p.penaltyBps) = (uint32(_next(l, 4)), uint16(_next(l, 2)), uint16(_next(l, 2)));
        uint256 stake = _next(l, 8);
        vm.warp(_next(l, 8));
        life = new Life(p);
        dollar.approve(address(life), type(uint256).max);
        life.register(stake);
    }

    function _step(Line memory l, uint256 n) private returns (bool) {
        uint256 op = _next(l, 1);
        if (op == 255) return _end(l, n);
        vm.warp(_next(l, 8));
        address card = address(uint160(0xca00 + _next(l, 1)));
        uint256 value = _next(l, 8);
        bool done;
        try life.step(op, card, value) {
            done = true;
        } catch {}
        require(done == (_next(l, 1) == 1), _where(l, n, "refused or not"));
        (uint256 t, uint256 m, uint256 score, uint256 disputers) = life.words(address(this));
        require(t >> 128 == _next(l, 16), _where(l, n, "today's word"));
        require(m == _next(l, 32), _where(l, n, "merchant's word"));
        require(score == _next(l, 32), _where(l, n, "score's word"));
        require(uint64(disputers) == _next(l, 1), _where(l, n, "disputing cards"));
        return true;
    }

    function _end(Line memory l, uint256 n) private view returns (bool) {
        for (uint256 i; i < 32; i++) {
            require(life.ring(address(this), i) >> 128 == _next(l, 16), _where(l, n, "ring"));
        }
        uint256 cases = _next(l, 1);
        for (uint256 i; i < cases; i++) {
            (uint256 state, uint256 wins, uint256 good) = life.outcome(i);
            require(state == _next(l, 1) && wins == _next(l, 1) && good == _next(l, 8), _where(l, n, "case"));
        }
        require(l.read == l.text.length, _where(l, n, "more steps"));
        return false;
    }

    /// @notice The next field of the line.
    function _next(Line memory l, uint256 size) private pure returns (uint256 v) {
        for (uint256 i; i < size; i++) {
            v = v << 8 | uint8(l.text[l.read + i]);
        }
        l.read += size;
    }

    function _where(Line memory l, uint256 n, string memory what) private pure returns (string memory) {
        return string.concat("history ", _str(n), " before byte ", _str(l.read), ": ", what);
    }

    function _str(uint256 v) private pure returns (string memory) {
        if (v < 10) return string(abi.encodePacked(bytes1(uint8(48 + v))));
        return string.concat(_str(v / 10), _str(v % 10));
    }
}
