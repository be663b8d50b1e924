# Sourced: two.o calls one(), main.o calls two(); their sources and objects.
echo 'int one(void) { return 1; }' > one.c
echo 'int one(void); int two(void) { return one() + 1; }' > two.c
echo 'int two(void); int main(void) { return two() - 2; }' > main.c
gcc -O1 -c one.c two.c main.c
