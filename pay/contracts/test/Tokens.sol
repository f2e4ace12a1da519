// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @notice A dollar of six decimals, as honest as they come.
contract Dollar is ERC20("Dollar", "USD") {
    function decimals() public pure override returns (uint8) {
        return 6;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// @notice Takes one percent of what moves.
contract FeeDollar is Dollar {
    function _update(address from, address to, uint256 amount) internal override {
        uint256 fee = from == address(0) ? 0 : amount / 100;
        if (fee != 0) super._update(from, address(0xfee), fee);
        super._update(from, to, amount - fee);
    }
}

/// @notice Refuses to pay whom it dislikes.
contract BlacklistDollar is Dollar {
    mapping(address => bool) public banned;

    function ban(address who) external {
        banned[who] = true;
    }

    function _update(address from, address to, uint256 amount) internal override {
        require(!banned[to], "banned");
        super._update(from, to, amount);
    }
}

/// @notice Calls somebody back while tokens move.
contract ReentrantDollar is Dollar {
    address public target;
    bytes public what;
    bool public refused;

    function arm(address target_, bytes calldata what_) external {
        (target, what) = (target_, what_);
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        address t = target;
        if (t == address(0)) return;
        target = address(0);
        (bool ok,) = t.call(what);
        refused = !ok;
    }
}

/// @notice Says false instead of reverting.
contract FalseDollar {
    uint8 public constant decimals = 6;
    bool public silent;
    mapping(address => uint256) public balanceOf;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function transfer(address, uint256) external pure returns (bool) {
        return false;
    }

    function transferFrom(address, address, uint256) external pure returns (bool) {
        return false;
    }
}

/// @notice Honest until it turns: then it says false and moves nothing.
contract TurncoatDollar is Dollar {
    bool public turned;

    function turn(bool to) external {
        turned = to;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        return !turned && super.transfer(to, amount);
    }
}

/// @notice Moves and returns nothing at all.
contract SilentDollar {
    uint8 public constant decimals = 6;
    mapping(address => uint256) public balanceOf;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function transfer(address to, uint256 amount) external {
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
    }

    function transferFrom(address from, address to, uint256 amount) external {
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
    }
}
