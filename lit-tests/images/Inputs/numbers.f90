! Recursion, derived types with type-bound procedures, array sections, internal
! procedures passed as arguments (trampolines), formatted and list-directed
! output, a select case that becomes a table.
module shapes
  implicit none
  type, abstract :: shape
  contains
    procedure(measure), deferred :: area
  end type
  abstract interface
    real(8) function measure(self)
      import shape
      class(shape), intent(in) :: self
    end function
  end interface
  type, extends(shape) :: square
    real(8) :: side
  contains
    procedure :: area => squareArea
  end type
  type, extends(shape) :: disc
    real(8) :: radius
  contains
    procedure :: area => discArea
  end type
contains
  real(8) function squareArea(self)
    class(square), intent(in) :: self
    squareArea = self%side**2
  end function
  real(8) function discArea(self)
    class(disc), intent(in) :: self
    discArea = 3.25d0 * self%radius**2
  end function
  recursive integer function fib(n) result(r)
    integer, intent(in) :: n
    r = n
    if (n > 1) r = fib(n - 1) + fib(n - 2)
  end function
  integer function word(n)
    integer, intent(in) :: n
    select case (n)
    case (1); word = 17
    case (2); word = fib(9)
    case (3); word = -4
    case (4); word = n * 1000
    case (5); word = 2
    case (6); word = 11
    case default; word = n
    end select
  end function
  real(8) function integrate(f, a, b, n)
    interface
      real(8) function f(x)
        real(8), intent(in) :: x
      end function
    end interface
    real(8), intent(in) :: a, b
    integer, intent(in) :: n
    integer :: i
    integrate = 0
    do i = 1, n
      integrate = integrate + f(a + (b - a) * (i - 0.5d0) / n) * (b - a) / n
    end do
  end function
end module

program numbers
  use shapes
  implicit none
  real(8) :: matrix(6, 6), power, text
  character(40) :: line
  class(shape), allocatable :: one
  integer :: i, j
  do i = 1, 6
    do j = 1, 6
      matrix(i, j) = i * 10 + j
    end do
  end do
  matrix(2:5:3, :) = matmul(matrix(2:5:3, :), transpose(matrix))
  write (*, '(6f12.2)') matrix
  print *, (word(i), i = 0, 8), sum(matrix, mask=matrix > 30)
  power = 3
  write (*, '(a, f10.6)') 'integral', integrate(curve, 0d0, 2d0, 200)
  allocate (one, source=square(3d0))
  write (*, '(f8.3)') one%area()
  deallocate (one)
  allocate (one, source=disc(2d0))
  write (*, '(f8.3)') one%area()
  write (line, '(i0, ",", es12.4)') 77, 1.5d-3
  read (line(4:), *) text
  print '(a, f9.5)', trim(line), text
  open (10, status='scratch', form='unformatted')
  write (10) matrix(:, 1)
  rewind (10)
  read (10) matrix(:, 2)
  print *, all(matrix(:, 1) == matrix(:, 2)), maxval(matrix), count(matrix > 60)
contains
  real(8) function curve(x)
    real(8), intent(in) :: x
    curve = x**power + fib(5)
  end function
end program
