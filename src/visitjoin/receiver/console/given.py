"""What is given to the console's handlers beside what every handler is given?"""

from typing import TypeAlias

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from visitjoin.receiver.console.derived import Derived

GivenDerived: TypeAlias = NamedDependency[SkipValidation[Derived]]
